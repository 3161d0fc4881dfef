using System.Text.Json.Serialization;

namespace BillionHearts.Contracts;

/// <summary>
/// Work for the analysis service: the original design's <c>{storageURL, imageId, userId}</c> and what makes it safe to
/// repeat. Published under <see cref="ImagesExchange.Keys.Uploaded"/> on each create and update of an image with content.
/// </summary>
public sealed record AnalysisRequest
{
    /// <summary>Address of the original's bytes in the blob store.</summary>
    [JsonPropertyName("storageURL")]
    public required Uri StorageUrl { get; init; }

    [JsonPropertyName("imageId")]
    public required long ImageId { get; init; }

    [JsonPropertyName("userId")]
    public required long UserId { get; init; }

    /// <summary>Version of the content, counted from 1. A result for an older version is dropped.</summary>
    [JsonPropertyName("version")]
    public required int Version { get; init; }

    /// <summary>Equals the AMQP <c>message-id</c>; the result carries it back, so a second delivery changes nothing.</summary>
    [JsonPropertyName("messageId")]
    public required Guid MessageId { get; init; }

    /// <summary>Which queue: see <see cref="AnalysisLane"/>.</summary>
    [JsonPropertyName("lane")]
    public string Lane { get; init; } = AnalysisLane.Fresh;

    /// <summary>Counted from 1 by the api, which owns the retries.</summary>
    [JsonPropertyName("attempt")]
    public int Attempt { get; init; } = 1;

    /// <summary>Lower-case hex SHA-256 of the original, so that a worker can tell a damaged blob from a damaged photo.</summary>
    [JsonPropertyName("sha256")]
    public string? Sha256 { get; init; }

    /// <summary>True in the first request about new content; absent when known content is analysed again, as after a change of metadata.</summary>
    [JsonPropertyName("isNewContent")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IsNewContent { get; init; }
}

public static class AnalysisLane
{
    public const string Fresh = "fresh";
    public const string Backfill = "backfill";

    /// <summary>Images that take much memory, one at a time. Chosen by the worker, which reads the header.</summary>
    public const string Slow = "slow";
}
