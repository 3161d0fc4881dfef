using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Storage;

/// <summary>How the blob store is called. Bound from the <c>BlobStore</c> section.</summary>
public sealed record BlobStoreOptions : IValidatableObject
{
    public const string SectionName = "BlobStore";

    /// <summary>Which store: <c>azure</c>, <c>s3</c> or <c>files</c>. The two others have settings of their own, in sections of these names.</summary>
    public BlobStoreProvider Provider { get; init; } = BlobStoreProvider.Azure;

    /// <summary>The container, or bucket, that holds every blob. Made when it is not there.</summary>
    [RegularExpression("^[a-z0-9](-?[a-z0-9]){2,62}$", ErrorMessage = "BlobStore:Container must be 3 to 63 lower-case letters, digits and single hyphens.")]
    public string Container { get; init; } = "images";

    /// <summary>One request to the store. Raise it for a store that is far away: a block of <see cref="BlockSize"/> must get through in this time.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>All attempts at one request together, waits included: the longest that a caller is kept from learning that the store is down.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:02:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Further attempts after the first. More of them turn a slow store into an overloaded one.</summary>
    [Range(0, 2)]
    public int Retries { get; init; } = 2;

    /// <summary>
    /// What one upload holds in memory, in bytes, and the largest content stored with a single request. Memory grows with
    /// this times the uploads in flight; requests per upload shrink with it.
    /// </summary>
    [Range(64 * 1024, 64 * 1024 * 1024)]
    public int BlockSize { get; init; } = 1024 * 1024;

    /// <summary>Blobs in one answer to a listing.</summary>
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

/// <summary>The stores that <see cref="IBlobStore"/> can be.</summary>
public enum BlobStoreProvider
{
    /// <summary>Azure Blob Storage, or Azurite in its place.</summary>
    Azure,

    /// <summary>Amazon S3, or a server that speaks its protocol.</summary>
    S3,

    /// <summary>A folder of one machine.</summary>
    Files,
}
