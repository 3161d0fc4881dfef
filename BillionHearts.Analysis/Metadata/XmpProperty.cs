using System.Xml;

namespace BillionHearts.Analysis.Metadata;

/// <summary>
/// Reads a property of the picture as a whole from an XMP packet. It is written as an attribute or as an element:
/// <c>&lt;rdf:RDF&gt;&lt;rdf:Description xmp:Rating="3"&gt;</c> or <c>&lt;xmp:Rating&gt;3&lt;/xmp:Rating&gt;</c> within it.
/// </summary>
internal static class XmpProperty
{
    private const int MaxPacketBytes = 1 << 20;
    private const string Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

    private static readonly XmlReaderSettings s_settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <returns>Null when the packet does not have it. Never throws, whatever the bytes are.</returns>
    public static string? Read(ReadOnlySpan<byte> packet, string @namespace, string name)
    {
        // Most packets do not have it, and need not be parsed. Names are ASCII.
        if (packet.Length > MaxPacketBytes || packet.IndexOf(System.Text.Encoding.ASCII.GetBytes(name)) < 0)
        {
            return null;
        }

        try
        {
            using var stream = new MemoryStream(packet.ToArray(), writable: false);
            using var reader = XmlReader.Create(stream, s_settings);
            return Find(reader, @namespace, name);
        }
        catch (XmlException)
        {
            // Nothing is read from a packet that is damaged before the property.
            return null;
        }
    }

    private static string? Find(XmlReader reader, string @namespace, string name)
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
            else if (reader.Depth == descriptions && reader.GetAttribute(name, @namespace) is { } attribute)
            {
                return attribute.Trim();
            }
            else if (reader.Depth == descriptions + 1 && reader.LocalName == name && reader.NamespaceURI == @namespace)
            {
                return reader.ReadElementContentAsString().Trim();
            }
        }

        return null;
    }
}
