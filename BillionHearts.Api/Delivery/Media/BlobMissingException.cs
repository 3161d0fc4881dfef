using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Delivery.Media;

/// <summary>A row names bytes that the store does not have.</summary>
internal sealed class BlobMissingException(string key) : Exception($"The blob '{key}' is named by an image and is not in the store."), IProblemException
{
    public Problem Problem => Problems.ContentMissing;
}
