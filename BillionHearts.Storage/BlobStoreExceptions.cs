namespace BillionHearts.Storage;

/// <summary>The store did not answer or had an internal error. A later attempt may succeed.</summary>
public sealed class BlobStoreUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The key is already taken.</summary>
public sealed class BlobExistsException(string key) : Exception($"The blob '{key}' already exists.");

/// <summary>A part of an upload is missing, or its bytes differ from those that were stored. The upload has to start over.</summary>
public sealed class StagedPartLostException(int number) : Exception($"Part {number} of the upload is missing or was changed.");
