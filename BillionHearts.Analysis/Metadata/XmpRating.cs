using System.Globalization;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Reads <c>xmp:Rating</c> from an XMP packet (ISO 16684-1): a number from -1, rejected, to 5; 0 is not rated. Some programs write <c>3.0</c>.</summary>
internal static class XmpRating
{
    private const string Xmp = "http://ns.adobe.com/xap/1.0/";

    /// <returns>-1, or 1 to 5. Null when the packet has none. Never throws, whatever the bytes are.</returns>
    public static int? Read(ReadOnlySpan<byte> packet) =>
        double.TryParse(
            XmpProperty.Read(packet, Xmp, "Rating"), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rating)
        && rating is -1 or 1 or 2 or 3 or 4 or 5
            ? (int)rating
            : null;
}
