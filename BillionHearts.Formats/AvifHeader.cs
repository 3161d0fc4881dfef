namespace BillionHearts.Formats;

/// <summary>AVIF: AV1 in the container that <see cref="HeifHeader"/> reads.</summary>
public static class AvifHeader
{
    /// <summary>The <c>ftyp</c> box names a brand of AVIF before any of HEIC.</summary>
    public static bool Matches(ReadOnlySpan<byte> bytes) => HeifHeader.Identify(bytes) is FormatName.Avif;

    internal static bool IsBrand(ReadOnlySpan<byte> brand) => brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8);

    internal static HeaderScan Scan(ReadOnlySpan<byte> bytes) => HeifHeader.Scan(bytes);
}
