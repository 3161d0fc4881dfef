namespace BillionHearts.Storage;

/// <summary>The store did not answer, or answered with a fault of its own. Trying again later may work.</summary>
public sealed class BlobStoreUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The key already holds something.</summary>
public sealed class BlobExistsException(string key) : Exception($"The blob '{key}' exists already.");
