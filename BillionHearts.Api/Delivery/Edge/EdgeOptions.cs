using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Delivery.Edge;

/// <summary>The gateways that cache media. Bound from the <c>Edge</c> section.</summary>
internal sealed record EdgeOptions : IValidatableObject
{
    public const string SectionName = "Edge";

    private const int MinKeyLength = 32;

    /// <summary>Addresses of all gateways, each one directly and not through a load balancer, because every cached copy must be replaced. Empty if nothing is cached.</summary>
    public IReadOnlyList<Uri> Gateways { get; init; } = [];

    /// <summary>The key that lets a request bypass a gateway's cache. Every gateway needs the same key.</summary>
    public string? Key { get; init; }

    /// <summary>Whether renditions are loaded into every gateway's cache as soon as they are made, before the first request for them.</summary>
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
                $"Edge:Key must have at least {MinKeyLength} characters if Edge:Gateways is set, but has {Key?.Length ?? 0}.", [nameof(Key)]);
        }
    }
}
