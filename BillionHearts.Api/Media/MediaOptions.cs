using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Media;

/// <summary>Where clients fetch bytes. Bound from the <c>Media</c> section.</summary>
internal sealed record MediaOptions : IValidatableObject
{
    public const string SectionName = "Media";

    /// <summary>
    /// Address that media paths are appended to, such as a CDN's. When it is not set the address is that of the request:
    /// right for one gateway that clients reach directly.
    /// </summary>
    public Uri? PublicUrl { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicUrl is not null && (!PublicUrl.IsAbsoluteUri || PublicUrl.Scheme is not ("http" or "https") || PublicUrl.Query is not ""))
        {
            yield return new ValidationResult($"Media:PublicUrl must be an absolute http or https address without a query, not '{PublicUrl}'.", [nameof(PublicUrl)]);
        }
    }
}
