namespace BillionHearts.Storage;

/// <summary>The store did not answer or had an internal error. A later attempt may succeed.</summary>
public sealed class BlobStoreUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The key is already taken.</summary>
public sealed class BlobExistsException(string key) : Exception($"The blob '{key}' already exists.");

