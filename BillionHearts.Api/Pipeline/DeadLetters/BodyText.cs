using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BillionHearts.Api.Pipeline.DeadLetters;

/// <summary>A message's body as text for operators.</summary>
internal static class BodyText
{
    private const string Location = "location";

    /// <summary>Larger bodies are shown as they are: none of ours is.</summary>
    private const int MaxParsed = 256 * 1024;

    /// <summary>A body that is JSON is shown without locations, which only an image's owner sees.</summary>
    /// <param name="isWhole">False for the beginning of a longer body.</param>
    public static (string Text, bool IsCut) Of(byte[] body, bool isWhole, int maxLength)
    {
        var text = isWhole && body.Length <= MaxParsed && Redact(body) is { } redacted ? redacted : Hide(Encoding.UTF8.GetString(body));

        return text.Length > maxLength ? (text[..maxLength], true) : (text, !isWhole);
    }

    /// <summary>What is no JSON cannot be shown without its location.</summary>
    private static string Hide(string text) => text.Contains(Location, StringComparison.OrdinalIgnoreCase) ? "(not shown, because it may say where a photo was taken)" : text;

    private static string? Redact(byte[] body)
    {
        try
        {
            if (JsonNode.Parse(body) is not { } json)
            {
                return null;
            }

            Remove(json);
            return json.ToJsonString();
        }
        // A lone surrogate or a name that appears twice is found only when it is read.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static void Remove(JsonNode? node)
    {
        if (node is JsonObject fields)
        {
            foreach (var name in fields.Select(field => field.Key).Where(name => name.Equals(Location, StringComparison.OrdinalIgnoreCase)).ToList())
            {
                fields.Remove(name);
            }

            foreach (var field in fields)
            {
                Remove(field.Value);
            }
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                Remove(item);
            }
        }
    }
}
