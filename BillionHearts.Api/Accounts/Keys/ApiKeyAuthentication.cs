using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using BillionHearts.Api.Accounts.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace BillionHearts.Api.Accounts.Keys;

/// <summary>Authenticates a request by its API key.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, KeyLookup keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "ApiKey";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerToken.Read(Request) is not { } secret || await keys.FindAsync(secret, Context.RequestAborted) is not { } grant)
        {
            return AuthenticateResult.Fail("The API key is unknown, revoked or expired.");
        }

        var identity = new ClaimsIdentity(
            [
                new Claim(JwtRegisteredClaimNames.Sub, grant.UserId.ToString(CultureInfo.InvariantCulture)),
                new Claim(Caller.KeyClaim, grant.KeyId.ToString(CultureInfo.InvariantCulture)),
                new Claim(Caller.ScopeClaim, string.Join(' ', grant.Scopes)),
            ],
            SchemeName);

        if (grant.ExpiresAt is { } expiresAt)
        {
            identity.AddClaim(new Claim(JwtRegisteredClaimNames.Exp, expiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
        }

        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }
}
