namespace BillionHearts.Api.Accounts.Access;

/// <summary>An OpenID Connect provider. Bound from the <c>Auth:External</c> section; not used without an authority.</summary>
internal sealed record ExternalIssuerOptions
{
    /// <summary>Its base URL, under which <c>/.well-known/openid-configuration</c> names its keys and its issuer.</summary>
    public Uri? Authority { get; init; }

    /// <summary>The audience that its tokens must have.</summary>
    public string? Audience { get; init; }

    /// <summary>The claim that holds our user id: the provider identifies people by its own ids.</summary>
    public string UserIdClaim { get; init; } = "billionhearts_user_id";

    public IReadOnlyList<string> Algorithms { get; init; } = [];
}
