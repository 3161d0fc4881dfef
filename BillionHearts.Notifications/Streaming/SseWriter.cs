using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using BillionHearts.Contracts;
using BillionHearts.Notifications.Data;

namespace BillionHearts.Notifications.Streaming;

/// <summary>Writes server-sent events (WHATWG HTML, 9.2). By hand, because the framework's formatter cannot write the comments that keep a stream alive.</summary>
/// <remarks>
/// <code>
/// id: 12
/// event: image.analyzed
/// data: {"event_id":"…","type":"image.analyzed","image_id":7,"user_id":3,"version":1,"occurred_at":"2026-01-02T03:04:05Z"}
/// </code>
/// </remarks>
internal sealed class SseWriter(PipeWriter output)
{
    public async Task BeginAsync(TimeSpan reconnect, CancellationToken cancellationToken)
    {
        Append($"retry: {((long)reconnect.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)}\n\n");
        await output.FlushAsync(cancellationToken);
    }

    public async Task EventsAsync(IEnumerable<UserEvent> events, CancellationToken cancellationToken)
    {
        foreach (var e in events)
        {
            var data = JsonSerializer.Serialize(EventData.From(e), EventJson.Default.EventData);
            Append($"id: {e.Sequence.ToString(CultureInfo.InvariantCulture)}\nevent: {e.Type}\ndata: {data}\n\n");
        }

        await output.FlushAsync(cancellationToken);
    }

    public async Task HeartbeatAsync(CancellationToken cancellationToken)
    {
        Append(": still here\n\n");
        await output.FlushAsync(cancellationToken);
    }

    private void Append(string text) => Encoding.UTF8.GetBytes(text, output);
}

internal sealed record EventData(
    Guid EventId, string Type, long ImageId, long UserId, int Version, DateTimeOffset OccurredAt, AnalysisFailure? Failure,
    IReadOnlyList<DuplicateData>? Duplicates)
{
    public static EventData From(UserEvent e) => new(
        e.EventId,
        e.Type,
        e.ImageId,
        e.UserId,
        e.Version,
        e.OccurredAt,
        e.FailureReason is null ? null : new AnalysisFailure(e.FailureReason, e.FailureDetail ?? ""),
        e.Duplicates is null ? null : [.. JsonSerializer.Deserialize<IReadOnlyList<DuplicateImage>>(e.Duplicates)!.Select(DuplicateData.From)]);
}

/// <summary>The names of a <see cref="DuplicateImage"/> in the stream.</summary>
internal sealed record DuplicateData(long ImageId, int Distance, bool Exact)
{
    public static DuplicateData From(DuplicateImage image) => new(image.ImageId, image.Distance, image.IsExact);
}

[JsonSerializable(typeof(EventData))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class EventJson : JsonSerializerContext;
