using System.Text.Json.Serialization;

namespace BillionHearts.Contracts;

/// <summary>Answer to a <see cref="RecognitionRequest"/>, published under <see cref="ImagesExchange.Keys.Recognized"/>. Storing it twice changes nothing.</summary>
public sealed record RecognitionResult
{
    /// <summary>The <see cref="RecognitionRequest.MessageId"/> this answers.</summary>
    [JsonPropertyName("requestId")]
    public required Guid RequestId { get; init; }

    [JsonPropertyName("imageId")]
    public required long ImageId { get; init; }

    [JsonPropertyName("version")]
    public required int Version { get; init; }

    [JsonPropertyName("recognition")]
    public required ImageRecognition Recognition { get; init; }

    /// <summary>
    /// What the picture looks like: the 512 features of <see cref="ImageRecognition.Model"/>, scaled so that the largest is 255. The cosine of two of them says
    /// how alike two pictures look. <see langword="null"/> for a failure.
    /// </summary>
    [JsonPropertyName("embedding")]
    public byte[]? Embedding { get; init; }
}

/// <summary>What was recognised in an image, or why nothing was.</summary>
public sealed record ImageRecognition
{
    /// <summary>Length of an embedding.</summary>
    public const int Features = 512;

    /// <summary>Longest <see cref="Text"/>, in characters.</summary>
    public const int MaxTextLength = 3000;

    /// <summary>Name and version of what made the embedding, such as <c>resnet18/1</c>. Embeddings of different models cannot be compared.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    /// <summary>Words that can be read in the picture, separated by spaces, in the order of reading. <see langword="null"/> if there are none, or if text is not read.</summary>
    [JsonPropertyName("text")]
    public string? Text { get; init; }

    /// <summary>Set if nothing was recognised because of an error. It is not repeated until the image is analysed again.</summary>
    [JsonPropertyName("failure")]
    public AnalysisFailure? Failure { get; init; }

    [JsonPropertyName("startedAt")]
    public required DateTimeOffset StartedAt { get; init; }

    [JsonPropertyName("finishedAt")]
    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>Instance of the worker, as its telemetry names it.</summary>
    [JsonPropertyName("worker")]
    public required string Worker { get; init; }
}
