using System.Text.Json.Serialization;

namespace BillionHearts.Contracts;

/// <summary>
/// An event of an image, published by the api under <see cref="ImagesExchange.Keys.Analyzed"/>,
/// <see cref="ImagesExchange.Keys.Failed"/> or <see cref="ImagesExchange.Keys.Deleted"/>.
/// </summary>
public sealed record ImageEvent
{
    /// <summary>Equals the AMQP <c>message-id</c>. A consumer that has seen it ignores a second delivery.</summary>
    [JsonPropertyName("eventId")]
    public required Guid EventId { get; init; }

    /// <summary>The routing key, such as <c>image.analyzed</c>.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    [JsonPropertyName("imageId")]
    public required long ImageId { get; init; }

    [JsonPropertyName("userId")]
    public required long UserId { get; init; }

    [JsonPropertyName("version")]
    public required int Version { get; init; }

    [JsonPropertyName("occurredAt")]
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Set for <c>image.failed</c>.</summary>
    [JsonPropertyName("failure")]
    public AnalysisFailure? Failure { get; init; }
}
