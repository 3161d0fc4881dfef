using System.Text.Json.Serialization;

namespace BillionHearts.Contracts;

/// <summary>
/// How the decoder of an image ended, for operators: with the file, which stays in the blob store, it is what is needed to reproduce it. Owners never see it.
/// </summary>
public sealed record AnalysisDiagnosis
{
    /// <summary>Exit status; 128 and the number of the signal if one ended the process.</summary>
    [JsonPropertyName("exitCode")]
    public int? ExitCode { get; init; }

    /// <summary>From receiving the file to the end.</summary>
    [JsonPropertyName("seconds")]
    public required double Seconds { get; init; }

    /// <summary>Size of the file.</summary>
    [JsonPropertyName("fileBytes")]
    public required long FileBytes { get; init; }

    /// <summary>Name and version of the code, such as <c>billionhearts/4</c>.</summary>
    [JsonPropertyName("analyzer")]
    public required string Analyzer { get; init; }

    /// <summary>Name and version of the decoding library.</summary>
    [JsonPropertyName("library")]
    public required string Library { get; init; }

    /// <summary>Memory that the process could use, in bytes.</summary>
    [JsonPropertyName("memoryLimit")]
    public required long MemoryLimit { get; init; }

    /// <summary>The end of its standard error, at most 2,000 characters.</summary>
    [JsonPropertyName("errorOutput")]
    public string? ErrorOutput { get; init; }
}
