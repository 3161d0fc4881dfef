using System.Text;
using BillionHearts.Api.Platform.Input;
using RabbitMQ.Client;

namespace BillionHearts.Api.Pipeline.DeadLetters;

/// <summary>What the broker says of a dead letter, in the header <c>x-death</c>: a list of tables, the last death first.</summary>
/// <example><c>[{count: 1, exchange: "images", queue: "analysis.fresh", reason: "rejected", routing-keys: ["image.uploaded"], time: 1764500000}]</c></example>
internal sealed record Death(string Queue, string Reason, string? RoutingKey, DateTimeOffset? At)
{
    private const string Header = "x-death";
    private const string Unknown = "unknown";

    /// <summary>The longest that the outbox takes; ours are half as long.</summary>
    private const int MaxKeyLength = 64;

    public static Death From(IReadOnlyBasicProperties properties)
    {
        if (properties.Headers?.TryGetValue(Header, out var deaths) is not true || deaths is not IList<object?> { Count: > 0 } list
            || list[0] is not IReadOnlyDictionary<string, object?> last)
        {
            return new Death("", Unknown, null, null);
        }

        var key = last.TryGetValue("routing-keys", out var keys) && keys is IList<object?> { Count: > 0 } names ? Text(names[0]) : null;

        return new Death(
            TextRules.Clean(Text(last.GetValueOrDefault("queue")) ?? "", DeadLetter.MaxNameLength),
            TextRules.Clean(Text(last.GetValueOrDefault("reason")) ?? Unknown, 64),
            // A key that had to be changed would lead elsewhere.
            key is not null && key.Length <= MaxKeyLength && TextRules.Fault(key, MaxKeyLength) is null ? key : null,
            last.GetValueOrDefault("time") is AmqpTimestamp time ? DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(time.UnixTime, 0, uint.MaxValue)) : null);
    }

    private static string? Text(object? value) => value switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        string text => text,
        _ => null,
    };
}
