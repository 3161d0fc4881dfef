using System.Text.Json.Serialization;

namespace BillionHearts.Contracts;

/// <summary>
/// Asks the analysis service by HTTP for a copy that somebody waits for. It is stored beside the original before it is answered: with a
/// <see cref="StoredRendition"/>, or with an <see cref="AnalysisFailure"/> and 422 when the file is one that no copy can be made of.
/// </summary>
public sealed record RenditionRequest
{
    /// <summary>Where the analysis service takes these, by POST.</summary>
    public const string Path = "/internal/renditions";

    /// <summary>Key of the original in the blob store.</summary>
    [JsonPropertyName("originalKey")]
    public required string OriginalKey { get; init; }

    /// <summary>Key of the blob to make it from, when that is a larger rendition of the same original; the original when <see langword="null"/>.</summary>
    [JsonPropertyName("sourceKey")]
    public string? SourceKey { get; init; }

    /// <summary>Lower-case hex SHA-256 of the original.</summary>
    [JsonPropertyName("sha256")]
    public string? Sha256 { get; init; }

    /// <summary>A <see cref="RenditionName"/> whose format is not <see cref="RenditionName.Auto"/>.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }
}
