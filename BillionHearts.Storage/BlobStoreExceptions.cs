namespace BillionHearts.Storage;

/// <summary>The store did not answer, or answered with a fault of its own. Trying again later may work.</summary>
public sealed class BlobStoreUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The key already holds something.</summary>
public sealed class BlobExistsException(string key) : Exception($"The blob '{key}' exists already.");

/// <summary>A part of an upload is gone, or does not hold the bytes it was stored with. The upload has to begin again.</summary>
public sealed class StagedPartLostException(int number) : Exception($"Part {number} of the upload is not there as it was stored.");
