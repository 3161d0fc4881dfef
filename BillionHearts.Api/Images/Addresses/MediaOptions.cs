using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Images.Addresses;

/// <summary>The addresses at which clients fetch bytes. Bound from the <c>Media</c> section.</summary>
internal sealed record MediaOptions : IValidatableObject
{
    public const string SectionName = "Media";

    private const int MinKeyLength = 32;

    /// <summary>
    /// Base address of media, such as a CDN's. If it is not set, the host of the request is used, which is
    /// right for a single gateway that clients reach directly.
    /// </summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Signs media addresses, which then expire. The gateway needs the same key, and rejects requests without a valid signature.</summary>
    public string? SigningKey { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (SigningKey is { Length: > 0 and < MinKeyLength })
        {
            yield return new ValidationResult($"Media:SigningKey must have at least {MinKeyLength} characters, but has {SigningKey.Length}.", [nameof(SigningKey)]);
        }

        if (PublicUrl is not null && (!PublicUrl.IsAbsoluteUri || PublicUrl.Scheme is not ("http" or "https") || PublicUrl.Query is not ""))
        {
            yield return new ValidationResult($"Media:PublicUrl must be an absolute http or https address without a query, not '{PublicUrl}'.", [nameof(PublicUrl)]);
        }
    }
}
