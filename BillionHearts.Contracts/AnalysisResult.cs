using System.Text.Json.Serialization;

namespace BillionHearts.Contracts;

/// <summary>Result of one attempt at an <see cref="AnalysisRequest"/>, published under <see cref="ImagesExchange.Keys.Result"/>.</summary>
public sealed record AnalysisResult
{
    /// <summary>The <see cref="AnalysisRequest.MessageId"/> this answers; the api keeps the first answer and drops the rest.</summary>
    [JsonPropertyName("requestId")]
    public required Guid RequestId { get; init; }

    [JsonPropertyName("imageId")]
    public required long ImageId { get; init; }

    [JsonPropertyName("version")]
    public required int Version { get; init; }

    [JsonPropertyName("attempt")]
    public required int Attempt { get; init; }

    [JsonPropertyName("lane")]
    public required string Lane { get; init; }

    /// <summary>See <see cref="AnalysisOutcome"/>.</summary>
    [JsonPropertyName("outcome")]
    public required string Outcome { get; init; }

    [JsonPropertyName("startedAt")]
    public required DateTimeOffset StartedAt { get; init; }

    [JsonPropertyName("finishedAt")]
    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>Instance of the worker, as its telemetry names it.</summary>
    [JsonPropertyName("worker")]
    public required string Worker { get; init; }

    /// <summary>Set when <see cref="Outcome"/> is <see cref="AnalysisOutcome.Analyzed"/>.</summary>
    [JsonPropertyName("analysis")]
    public ImageAnalysis? Analysis { get; init; }

    [JsonPropertyName("renditions")]
    public IReadOnlyList<StoredRendition> Renditions { get; init; } = [];

    /// <summary>Set when <see cref="Outcome"/> is not <see cref="AnalysisOutcome.Analyzed"/>.</summary>
    [JsonPropertyName("failure")]
    public AnalysisFailure? Failure { get; init; }

    /// <summary>Set when the decoder's process ended.</summary>
    [JsonPropertyName("diagnosis")]
    public AnalysisDiagnosis? Diagnosis { get; init; }
}

public static class AnalysisOutcome
{
    public const string Analyzed = "analyzed";

    /// <summary>Permanent: the same bytes would fail again.</summary>
    public const string Failed = "failed";

    /// <summary>Transient: the api may schedule another attempt.</summary>
    public const string Retry = "retry";
}

/// <param name="Reason">A stable code, such as <c>corrupt</c>, <c>truncated</c>, <c>too_large</c>, <c>unsupported</c>, <c>missing</c>.</param>
/// <param name="Detail">A sentence for the owner. It names the limit and the value, never a path or a stack trace.</param>
public sealed record AnalysisFailure(
    [property: JsonPropertyName("reason")] string Reason,
    [property: JsonPropertyName("detail")] string Detail);

/// <summary>A rendition that analysis has stored beside the original.</summary>
public sealed record StoredRendition
{
    public const string Thumb = "thumb";
    public const string Preview = "preview";

    /// <summary><c>thumb</c> or <c>preview</c>, or a <see cref="RenditionName"/>.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Key in the blob store.</summary>
    [JsonPropertyName("blobKey")]
    public required string BlobKey { get; init; }

    [JsonPropertyName("contentType")]
    public required string ContentType { get; init; }

    [JsonPropertyName("width")]
    public required int Width { get; init; }

    [JsonPropertyName("height")]
    public required int Height { get; init; }

    [JsonPropertyName("bytes")]
    public required long Bytes { get; init; }
}
