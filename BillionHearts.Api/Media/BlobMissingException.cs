namespace BillionHearts.Api.Media;

/// <summary>A row names bytes that the store does not have.</summary>
internal sealed class BlobMissingException(string key) : Exception($"The blob '{key}' is named by an image and is not there.");
