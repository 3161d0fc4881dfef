namespace BillionHearts.Api.Accounts.Access;

/// <summary>An OpenID Connect provider. Bound from the <c>Auth:External</c> section; without an authority there is none.</summary>
internal sealed record ExternalIssuerOptions
{
    /// <summary>Its address, below which <c>/.well-known/openid-configuration</c> names its keys and its issuer.</summary>
    public Uri? Authority { get; init; }

    /// <summary>Whom its tokens must be meant for.</summary>
    public string? Audience { get; init; }

    /// <summary>The claim that holds the id of our user: the provider knows people by names of its own.</summary>
    public string UserIdClaim { get; init; } = "billionhearts_user_id";

    public IReadOnlyList<string> Algorithms { get; init; } = [];
}
