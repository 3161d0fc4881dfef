namespace BillionHearts.Storage;

/// <summary>What a store knows of a blob.</summary>
public sealed record BlobProperties(long Length, string ContentType, DateTimeOffset LastModified);

/// <summary>A blob as a listing shows it.</summary>
public sealed record ListedBlob(string Key, long Length, DateTimeOffset LastModified);

/// <summary>A request that puts one blob into the store, to be sent by whoever holds the bytes: with this method, to this address, with these headers.</summary>
public sealed record DirectUpload(string Method, Uri Url, IReadOnlyDictionary<string, string> Headers, DateTimeOffset ExpiresAt);
