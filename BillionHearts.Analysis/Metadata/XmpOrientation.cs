using System.Globalization;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Reads <c>tiff:Orientation</c> from an XMP packet.</summary>
internal static class XmpOrientation
{
    private const string Tiff = "http://ns.adobe.com/tiff/1.0/";

    /// <returns>1 to 8, or null when the packet has none. Never throws, whatever the bytes are.</returns>
    public static int? Read(ReadOnlySpan<byte> packet) =>
        int.TryParse(XmpProperty.Read(packet, Tiff, "Orientation"), NumberStyles.None, CultureInfo.InvariantCulture, out var orientation) && orientation is >= 1 and <= 8
            ? orientation
            : null;
}
