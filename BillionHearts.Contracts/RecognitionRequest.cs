using System.Text.Json.Serialization;

namespace BillionHearts.Contracts;

/// <summary>
/// Asks a worker what is in an image that has just been analysed, published by the worker that analysed it under
/// <see cref="ImagesExchange.Keys.Recognition"/>. The state of the image does not depend on it.
/// </summary>
public sealed record RecognitionRequest
{
    /// <summary>Equals the AMQP <c>message-id</c>.</summary>
    [JsonPropertyName("messageId")]
    public required Guid MessageId { get; init; }

    [JsonPropertyName("imageId")]
    public required long ImageId { get; init; }

    /// <summary>Version of the content. A result for an older version is dropped.</summary>
    [JsonPropertyName("version")]
    public required int Version { get; init; }

    /// <summary>Key of the preview in the blob store: our own rendition, and never the original.</summary>
    [JsonPropertyName("previewKey")]
    public required string PreviewKey { get; init; }
}
