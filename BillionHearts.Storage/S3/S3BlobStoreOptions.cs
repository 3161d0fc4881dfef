using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Storage.S3;

/// <summary>How to connect to S3. Bound from <c>BlobStore:S3</c>; the bucket is <see cref="BlobStoreOptions.Container"/>.</summary>
public sealed record S3BlobStoreOptions : IValidatableObject
{
    public const string SectionName = $"{BlobStoreOptions.SectionName}:S3";

    /// <summary>The address of a server that is not Amazon's.</summary>
    public string? ServiceUrl { get; init; }

    /// <summary>Amazon's region; with <see cref="ServiceUrl"/>, the region that is used in signatures.</summary>
    public string? Region { get; init; }

    /// <summary>Whether the bucket is in the path and not in the host name, as with most servers other than Amazon's.</summary>
    public bool PathStyle { get; init; }

    /// <summary>Set both or neither. Without them Amazon's client uses its default sources (environment, profile, the machine's role).</summary>
    public string? AccessKey { get; init; }

    public string? SecretKey { get; init; }

    /// <summary>
    /// Whether the server refuses <c>If-None-Match: *</c> on a key that is taken, as Amazon's does. This is tested before the first
    /// blob is stored. If off, two simultaneous writers of one key both succeed and the later one wins; keys with 128 random bits have only one writer.
    /// </summary>
    public bool ConditionalPuts { get; init; } = true;

    /// <summary>Size of an upload's buffer, in bytes. Smaller content is sent in one request. S3 requires this size for all parts but the last.</summary>
    [Range(5 * 1024 * 1024, 64 * 1024 * 1024)]
    public int PartSize { get; init; } = 5 * 1024 * 1024;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ServiceUrl is { Length: > 0 } ? !IsAddress(ServiceUrl) : Region is not { Length: > 0 })
        {
            yield return new ValidationResult(
                $"{SectionName}:{nameof(ServiceUrl)} must be an http or https address, or absent and {SectionName}:{nameof(Region)} a region of Amazon's.",
                [nameof(ServiceUrl)]);
        }

        if (AccessKey is { Length: > 0 } != SecretKey is { Length: > 0 })
        {
            yield return new ValidationResult(
                $"{SectionName}:{nameof(AccessKey)} and {SectionName}:{nameof(SecretKey)} are given together or not at all.", [nameof(AccessKey)]);
        }
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https", UserInfo: "", Query: "" };
}
