using System.Text.Json.Serialization;

namespace BillionHearts.Contracts;

/// <summary>
/// An event of an image, published by the api under <see cref="ImagesExchange.Keys.Received"/>, <see cref="ImagesExchange.Keys.Analyzed"/>,
/// <see cref="ImagesExchange.Keys.Failed"/>, <see cref="ImagesExchange.Keys.Deleted"/>, <see cref="ImagesExchange.Keys.Restored"/> or
/// <see cref="ImagesExchange.Keys.Duplicates"/>.
/// </summary>
public sealed record ImageEvent
{
    public const int MaxDuplicates = 20;

    /// <summary>Equals the AMQP <c>message-id</c>. A consumer that has seen it ignores a second delivery.</summary>
    [JsonPropertyName("eventId")]
    public required Guid EventId { get; init; }

    /// <summary>The routing key, such as <c>image.analyzed</c>; <c>image.uploaded</c> for <see cref="ImagesExchange.Keys.Received"/>.</summary>
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

    /// <summary>Set for <c>image.duplicates</c>: the owner's images that look like this one, nearest first, at most <see cref="MaxDuplicates"/>.</summary>
    [JsonPropertyName("duplicates")]
    public IReadOnlyList<DuplicateImage>? Duplicates { get; init; }
}

/// <summary>An image that looks like another one of the same user.</summary>
/// <param name="Distance">How many of the 64 bits of the two perceptual hashes differ.</param>
/// <param name="IsExact">Whether the two files have the same bytes.</param>
public sealed record DuplicateImage(
    [property: JsonPropertyName("imageId")] long ImageId,
    [property: JsonPropertyName("distance")] int Distance,
    [property: JsonPropertyName("exact")] bool IsExact);
