using System.Text.Json.Serialization;

namespace BillionHearts.Contracts;

/// <summary>
/// Asks the analysis service by HTTP for a rendition. It is stored beside the original, and then the answer is a
/// <see cref="StoredRendition"/>, or 422 with an <see cref="AnalysisFailure"/> when no rendition can be made of the file.
/// </summary>
public sealed record RenditionRequest
{
    /// <summary>Path of the analysis service to POST it to.</summary>
    public const string Path = "/internal/renditions";

    /// <summary>Key of the original in the blob store.</summary>
    [JsonPropertyName("originalKey")]
    public required string OriginalKey { get; init; }

    /// <summary>Key of a larger rendition of the same original to make it from; <see langword="null"/> for the original itself.</summary>
    [JsonPropertyName("sourceKey")]
    public string? SourceKey { get; init; }

    /// <summary>Lower-case hex SHA-256 of the original.</summary>
    [JsonPropertyName("sha256")]
    public string? Sha256 { get; init; }

    /// <summary>A <see cref="RenditionName"/> whose format is not <see cref="RenditionName.Auto"/>.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }
}
