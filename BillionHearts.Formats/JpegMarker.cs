namespace BillionHearts.Formats;

/// <summary>The second byte of a JPEG marker (ITU-T T.81, table B.1), as far as it is needed here.</summary>
public static class JpegMarker
{
    public const byte DefineHuffmanTables = 0xC4;
    public const byte DefineArithmeticConditioning = 0xCC;
    public const byte StartOfImage = 0xD8;
    public const byte EndOfImage = 0xD9;
    public const byte StartOfScan = 0xDA;
    public const byte DefineQuantizationTables = 0xDB;
    public const byte DefineNumberOfLines = 0xDC;
    public const byte DefineRestartInterval = 0xDD;
    public const byte App0 = 0xE0;
    public const byte App1 = 0xE1;
    public const byte App2 = 0xE2;
    public const byte App14 = 0xEE;
    public const byte App15 = 0xEF;
    public const byte Comment = 0xFE;

    /// <summary>A frame header (SOF). C4, C8 and CC between them are tables or reserved.</summary>
    public static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (DefineHuffmanTables or 0xC8 or DefineArithmeticConditioning);

    /// <summary>A restart within a scan.</summary>
    public static bool IsRestart(byte marker) => marker is >= 0xD0 and <= 0xD7;
}
