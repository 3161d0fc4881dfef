using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Delivery.Media;

/// <summary>A row references a blob that the store does not have.</summary>
internal sealed class BlobMissingException(string key) : Exception($"The blob '{key}' is referenced by an image but is not in the store."), IProblemException
{
    public Problem Problem => Problems.ContentMissing;
}
