using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>Configures the standard handler for tokens of the external issuer, if there is one. The handler fetches and renews the issuer's keys itself.</summary>
internal sealed class ExternalIssuer(IOptions<AccessOptions> access, IHostEnvironment environment) : IConfigureNamedOptions<JwtBearerOptions>
{
    public const string SchemeName = "ExternalIssuer";

    // No HMAC algorithm: we share no secret with the issuer.
    private static readonly string[] s_algorithms =
        [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384];

    public void Configure(JwtBearerOptions options) => Configure(null, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (name is not SchemeName || access.Value.External is not { Authority: not null } external)
        {
            return;
        }

        options.MapInboundClaims = false;
        options.Authority = external.Authority.ToString();
        options.RequireHttpsMetadata = !environment.IsDevelopment();
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAudience = external.Audience,
            ValidAlgorithms = external.Algorithms is { Count: > 0 } chosen ? chosen : s_algorithms,
            TryAllIssuerSigningKeys = false,
            RequireExpirationTime = true,
            ClockSkew = TokenValidation.ClockSkew,
        };
        options.Events = new JwtBearerEvents { OnTokenValidated = context => Translate(context, external.UserIdClaim) };
    }

    /// <summary>Keeps only the configured user id claim: the issuer's other claims have no meaning here.</summary>
    private static Task Translate(TokenValidatedContext context, string userIdClaim)
    {
        if (context.SecurityToken is JsonWebToken token && token.TryGetHeaderValue<object>(TokenValidation.CriticalHeader, out _))
        {
            context.Fail($"Its header has {TokenValidation.CriticalHeader}.");
        }
        else if (context.Principal?.FindFirst(userIdClaim)?.Value is { } user)
        {
            context.Principal = new ClaimsPrincipal(new ClaimsIdentity(
                [new Claim(JwtRegisteredClaimNames.Sub, user), new Claim(Caller.ScopeClaim, Scopes.ForSignIn)], SchemeName));
        }
        else
        {
            context.Fail($"It has no claim {userIdClaim}.");
        }

        return Task.CompletedTask;
    }
}
