using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BillionHearts.Api.Platform.Input;
using RabbitMQ.Client;

namespace BillionHearts.Api.Pipeline.DeadLetters;

/// <summary>
/// The headers of the publisher, as a JSON object. Those of the broker (<c>x-…</c>) are left out, so that a replayed message begins anew: a count of earlier
/// deliveries or deaths would end it at once. The trace is kept apart, because the client sets it again when it publishes.
/// </summary>
internal static class DeadLetterHeaders
{
    public const string Traceparent = "traceparent";

    private const string BrokerPrefix = "x-";
    private const int MaxTextLength = 4096;

    // The W3C form, such as 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.
    private const int TraceparentLength = 55;

    /// <returns><see langword="null"/> if there are none.</returns>
    public static string? Of(IReadOnlyBasicProperties properties)
    {
        var kept = new JsonObject();

        foreach (var (name, value) in properties.Headers ?? new Dictionary<string, object?>())
        {
            if (!name.StartsWith(BrokerPrefix, StringComparison.OrdinalIgnoreCase) && name is not Traceparent && Convert(value) is { } json)
            {
                kept[TextRules.Clean(name, DeadLetter.MaxNameLength)] = json;
            }
        }

        return kept.Count is 0 ? null : kept.ToJsonString();
    }

    public static string? TraceparentOf(IReadOnlyBasicProperties properties) =>
        properties.Headers?.TryGetValue(Traceparent, out var value) is true && value is byte[] { Length: TraceparentLength } bytes
            && bytes.All(letter => char.IsAsciiLetterOrDigit((char)letter) || letter is (byte)'-')
            ? Encoding.ASCII.GetString(bytes)
            : null;

    /// <summary>The headers to publish.</summary>
    public static Dictionary<string, object?> Parse(string json)
    {
        using var document = JsonDocument.Parse(json);

        return document.RootElement.EnumerateObject().ToDictionary(
            property => property.Name,
            property => (object?)(property.Value.ValueKind switch
            {
                JsonValueKind.Number => property.Value.GetInt64(),
                JsonValueKind.True or JsonValueKind.False => property.Value.GetBoolean(),
                _ => property.Value.GetString(),
            }));
    }

    private static JsonNode? Convert(object? value) => value switch
    {
        byte[] bytes => TextRules.Clean(Encoding.UTF8.GetString(bytes), MaxTextLength),
        string text => TextRules.Clean(text, MaxTextLength),
        bool flag => flag,
        sbyte or byte or short or ushort or int or uint or long => System.Convert.ToInt64(value, CultureInfo.InvariantCulture),
        _ => null,
    };
}
