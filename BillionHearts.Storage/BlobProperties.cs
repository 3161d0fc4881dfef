namespace BillionHearts.Storage;

/// <summary>Properties of a blob.</summary>
public sealed record BlobProperties(long Length, string ContentType, DateTimeOffset LastModified);

/// <summary>A blob in a listing.</summary>
public sealed record ListedBlob(string Key, long Length, DateTimeOffset LastModified);

/// <summary>A request with which a client stores one blob directly: it must use this method, URL and headers.</summary>
public sealed record DirectUpload(string Method, Uri Url, IReadOnlyDictionary<string, string> Headers, DateTimeOffset ExpiresAt);
