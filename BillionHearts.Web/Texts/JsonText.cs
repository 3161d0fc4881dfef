using System.Text.Encodings.Web;
using System.Text.Json;

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
            return JsonSerializer.Serialize(JsonElement.Parse(text), s_indented);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
