using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Delivery.Media;

/// <summary>The store returns other bytes than were uploaded.</summary>
internal sealed class BlobCorruptException(string key) : Exception($"The blob '{key}' does not hold what was uploaded."), IProblemException
{
    public Problem Problem => Problems.Integrity;
}
