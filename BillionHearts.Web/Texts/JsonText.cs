using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BillionHearts.Web.Texts;

internal static class JsonText
{
    // For a page, which escapes it.
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON in lines; what is no JSON, as it is.</summary>
    public static string Indent(string text)
    {
        try
        {
            return JsonNode.Parse(text)?.ToJsonString(s_indented) ?? text;
        }
        // A name that appears twice is found only when it is read.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return text;
        }
    }
}
