using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Storage;

/// <summary>Settings of the blob store. Bound from the <c>BlobStore</c> section.</summary>
public sealed record BlobStoreOptions : IValidatableObject
{
    public const string SectionName = "BlobStore";

    /// <summary>Which store: <c>azure</c>, <c>s3</c> or <c>files</c>. The last two have further settings, in sections of these names.</summary>
    public BlobStoreProvider Provider { get; init; } = BlobStoreProvider.Azure;

    /// <summary>The container, or bucket, that holds every blob. Created if it does not exist.</summary>
    [RegularExpression("^[a-z0-9](-?[a-z0-9]){2,62}$", ErrorMessage = "BlobStore:Container must be 3 to 63 lower-case letters, digits and single hyphens.")]
    public string Container { get; init; } = "images";

    /// <summary>Time limit of one request. Raise it for a remote store: a block of <see cref="BlockSize"/> must be transferred in this time.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Time limit of all attempts at one request together, including waits: after this time a caller learns that the store is down.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:02:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Number of further attempts after the first. Too many turn a slow store into an overloaded one.</summary>
    [Range(0, 2)]
    public int Retries { get; init; } = 2;

    /// <summary>
    /// Size of an upload's buffer in bytes, and the largest content that is stored with a single request. Larger blocks need
    /// more memory for each upload in progress, and fewer requests.
    /// </summary>
    [Range(64 * 1024, 64 * 1024 * 1024)]
    public int BlockSize { get; init; } = 1024 * 1024;

    /// <summary>Number of blobs in one page of a listing.</summary>
    [Range(1, 1000)]
    public int PageSize { get; init; } = 1000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Timeout < AttemptTimeout)
        {
            yield return new ValidationResult(
                $"BlobStore:Timeout ({Timeout}) must not be shorter than BlobStore:AttemptTimeout ({AttemptTimeout}).",
                [nameof(Timeout)]);
        }
    }
}

/// <summary>The implementations of <see cref="IBlobStore"/>.</summary>
public enum BlobStoreProvider
{
    /// <summary>Azure Blob Storage, or Azurite in its place.</summary>
    Azure,

    /// <summary>Amazon S3, or a server that speaks its protocol.</summary>
    S3,

    /// <summary>A folder of one machine.</summary>
    Files,
}
