using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Delivery.Media;

/// <summary>The stored bytes differ from the upload.</summary>
internal sealed class BlobCorruptException(string key) : Exception($"The bytes of the blob '{key}' differ from the upload."), IProblemException
{
    public Problem Problem => Problems.Integrity;
}
