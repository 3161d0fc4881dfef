using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Delivery.Edge;

/// <summary>The gateways that keep copies of media. Bound from the <c>Edge</c> section.</summary>
internal sealed record EdgeOptions : IValidatableObject
{
    public const string SectionName = "Edge";

    private const int MinKeyLength = 32;

    /// <summary>Addresses of all of them, each by itself and not through a balancer: every copy has to be replaced. None where nothing is cached.</summary>
    public IReadOnlyList<Uri> Gateways { get; init; } = [];

    /// <summary>What a gateway lets in past its copies. Each gateway has the same.</summary>
    public string? Key { get; init; }

    /// <summary>Whether renditions are pulled into every gateway as soon as they are made, before somebody asks for them.</summary>
    public bool Warm { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var gateway in Gateways)
        {
            if (!gateway.IsAbsoluteUri || gateway.Scheme is not ("http" or "https"))
            {
                yield return new ValidationResult($"Edge:Gateways must be absolute http or https addresses, not '{gateway}'.", [nameof(Gateways)]);
            }
        }

        if (Gateways.Count > 0 && (Key?.Length ?? 0) < MinKeyLength)
        {
            yield return new ValidationResult(
                $"Edge:Key must have at least {MinKeyLength} characters where there are Edge:Gateways, and has {Key?.Length ?? 0}.", [nameof(Key)]);
        }
    }
}
