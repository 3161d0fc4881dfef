using System.Text.Json.Serialization;

namespace BillionHearts.Contracts;

/// <summary>
/// Asks the analysis service by HTTP to analyse an original and to store nothing, so that the result can be compared with an older one. The answer is a
/// <see cref="TrialResult"/>, or 422 with an <see cref="AnalysisFailure"/>. No message of the broker: a worker that does not know it yet cannot mistake it for work.
/// </summary>
public sealed record TrialRequest
{
    /// <summary>Path of the analysis service to POST it to.</summary>
    public const string Path = "/internal/trials";

    /// <summary>Key of the original in the blob store.</summary>
    [JsonPropertyName("originalKey")]
    public required string OriginalKey { get; init; }

    /// <summary>Lower-case hex SHA-256 of the original.</summary>
    [JsonPropertyName("sha256")]
    public string? Sha256 { get; init; }
}

/// <summary>What the worker would have stored.</summary>
public sealed record TrialResult
{
    [JsonPropertyName("analysis")]
    public required ImageAnalysis Analysis { get; init; }

    /// <summary>From the download to the encoded renditions, in seconds, without waiting for a turn.</summary>
    [JsonPropertyName("seconds")]
    public required double Seconds { get; init; }
}
