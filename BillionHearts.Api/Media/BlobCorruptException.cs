namespace BillionHearts.Api.Media;

/// <summary>The store hands out other bytes than were uploaded.</summary>
internal sealed class BlobCorruptException(string key) : Exception($"The blob '{key}' does not hold what was uploaded.");
