using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Storage.S3;

/// <summary>Which S3, and how it is spoken to. Bound from <c>BlobStore:S3</c>; the bucket is <see cref="BlobStoreOptions.Container"/>.</summary>
public sealed record S3BlobStoreOptions : IValidatableObject
{
    public const string SectionName = $"{BlobStoreOptions.SectionName}:S3";

    /// <summary>The address of a server that is not Amazon's.</summary>
    public string? ServiceUrl { get; init; }

    /// <summary>Amazon's region; with <see cref="ServiceUrl"/>, what signatures name in its place.</summary>
    public string? Region { get; init; }

    /// <summary>Whether the bucket stands in the path and not in the host's name, as servers other than Amazon's mostly have it.</summary>
    public bool PathStyle { get; init; }

    /// <summary>Both or neither: without them Amazon's client looks where it always does (environment, profile, the machine's role).</summary>
    public string? AccessKey { get; init; }

    public string? SecretKey { get; init; }

    /// <summary>
    /// Whether the server refuses <c>If-None-Match: *</c> on a key that is taken, as Amazon's does. It is put to the test before the first
    /// blob. Off, two writers of one key at one moment both succeed and the later one stays; keys of 128 random bits have one writer.
    /// </summary>
    public bool ConditionalPuts { get; init; } = true;

    /// <summary>What one upload holds in memory at most, in bytes. Content below it is one request; S3 takes no smaller parts but the last.</summary>
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
