using System.Text.Json;
using System.Text.Json.Serialization;
using BillionHearts.Notifications.Data;
using BillionHearts.Notifications.Streaming;

namespace BillionHearts.Notifications.Webhooks.Deliveries;

/// <summary>The body of a message, as Standard Webhooks recommends it: type, time and data. The data is that of the event stream.</summary>
/// <example>
/// <code>
/// {"type":"image.analyzed","timestamp":"2026-01-02T03:04:05Z","data":{"event_id":"…","type":"image.analyzed","image_id":7,"user_id":3,"version":1,"occurred_at":"…"}}
/// </code>
/// </example>
internal sealed record WebhookPayload(string Type, DateTime Timestamp, EventData Data)
{
    public static string Write(UserEvent e) =>
        JsonSerializer.Serialize(new WebhookPayload(e.Type, e.OccurredAt.UtcDateTime, EventData.From(e)), WebhookJson.Default.WebhookPayload);
}

/// <summary>The body of a test message.</summary>
internal sealed record TestPayload(string Type, DateTime Timestamp, TestData Data)
{
    public static string Write(long userId, long webhookId, DateTimeOffset now) =>
        JsonSerializer.Serialize(new TestPayload(WebhookEvents.Test, now.UtcDateTime, new TestData(userId, webhookId)), WebhookJson.Default.TestPayload);
}

internal sealed record TestData(long UserId, long WebhookId);

[JsonSerializable(typeof(WebhookPayload))]
[JsonSerializable(typeof(TestPayload))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class WebhookJson : JsonSerializerContext;
