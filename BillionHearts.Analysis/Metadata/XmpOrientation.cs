using System.Globalization;
using System.Xml;

namespace BillionHearts.Analysis.Metadata;

/// <summary>
/// Reads <c>tiff:Orientation</c> from an XMP packet. It is a property of the picture as a whole, written as an attribute or as an element:
/// <c>&lt;rdf:RDF&gt;&lt;rdf:Description tiff:Orientation="6"&gt;</c> or <c>&lt;tiff:Orientation&gt;6&lt;/tiff:Orientation&gt;</c> within it.
/// </summary>
internal static class XmpOrientation
{
    private const int MaxPacketBytes = 1 << 20;
    private const string Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    private const string Tiff = "http://ns.adobe.com/tiff/1.0/";
    private const string Property = "Orientation";

    private static readonly XmlReaderSettings s_settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <returns>1 to 8, or null when the packet has none. Never throws, whatever the bytes are.</returns>
    public static int? Read(ReadOnlySpan<byte> packet)
    {
        // Most packets have none, and need not be parsed.
        if (packet.Length > MaxPacketBytes || packet.IndexOf("Orientation"u8) < 0)
        {
            return null;
        }

        try
        {
            using var stream = new MemoryStream(packet.ToArray(), writable: false);
            using var reader = XmlReader.Create(stream, s_settings);
            return int.TryParse(Find(reader), NumberStyles.None, CultureInfo.InvariantCulture, out var orientation) && orientation is >= 1 and <= 8
                ? orientation
                : null;
        }
        catch (XmlException)
        {
            // A damaged packet has no orientation.
            return null;
        }
    }

    private static string? Find(XmlReader reader)
    {
        // Descriptions within others are of ingredients, earlier versions and the like.
        int? descriptions = null;
        while (reader.Read())
        {
            if (reader.NodeType is not XmlNodeType.Element)
            {
                continue;
            }

            if (descriptions is null && reader is { LocalName: "RDF", NamespaceURI: Rdf })
            {
                descriptions = reader.Depth + 1;
            }
            else if (reader.Depth == descriptions && reader.GetAttribute(Property, Tiff) is { } attribute)
            {
                return attribute.Trim();
            }
            else if (reader.Depth == descriptions + 1 && reader is { LocalName: Property, NamespaceURI: Tiff })
            {
                return reader.ReadElementContentAsString().Trim();
            }
        }

        return null;
    }
}
