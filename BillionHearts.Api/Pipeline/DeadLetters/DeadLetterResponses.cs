using System.Text.Json;

namespace BillionHearts.Api.Pipeline.DeadLetters;

/// <param name="DiedAt">When the broker gave it up.</param>
/// <param name="Queue">The queue whose consumer could not handle it.</param>
/// <param name="Reason">rejected: no consumer can read it. delivery_limit: it was delivered more than 20 times.</param>
/// <param name="RoutingKey">Null if it is unknown; the message cannot be replayed then.</param>
/// <param name="Size">Bytes of the body.</param>
/// <param name="Head">The beginning of the body, without locations.</param>
internal sealed record DeadLetterResponse(
    long Id, DateTime StoredAt, DateTime? DiedAt, string Queue, string Reason, string? RoutingKey, string? MessageId, long Size, string Head);

/// <param name="Headers">The publisher's headers, without the broker's.</param>
/// <param name="Body">At most 16384 characters, without locations.</param>
/// <param name="IsBodyCut">Whether the body is longer.</param>
internal sealed record DeadLetterDetail(
    long Id, DateTime StoredAt, DateTime? DiedAt, string Queue, string Reason, string? RoutingKey, string? MessageId, long Size,
    string? Traceparent, JsonElement? Headers, string Body, bool IsBodyCut);

/// <param name="Replayed">How many messages go back to the broker.</param>
internal sealed record ReplayResponse(int Replayed);
