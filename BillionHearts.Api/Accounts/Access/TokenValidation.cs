using System.Globalization;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>Configures the standard handler to accept only tokens of <see cref="TokenIssuer"/>, as RFC 8725 advises.</summary>
internal sealed class TokenValidation(TokenKeys keys, IOptions<AccessOptions> access, TimeProvider clock) : IConfigureNamedOptions<JwtBearerOptions>
{
    /// <summary>Names the extensions that a recipient must understand.</summary>
    public const string CriticalHeader = "crit";

    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    public void Configure(JwtBearerOptions options) => Configure(JwtBearerDefaults.AuthenticationScheme, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (name is not JwtBearerDefaults.AuthenticationScheme)
        {
            return;
        }

        options.MapInboundClaims = false;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = access.Value.Issuer,
            ValidAudience = access.Value.Audience,
            ValidTypes = [TokenIssuer.Type],
            ValidAlgorithms = [TokenIssuer.Algorithm],
            IssuerSigningKeys = keys.Accepted,
            // Every token of ours names its key.
            TryAllIssuerSigningKeys = false,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = ClockSkew,
            NameClaimType = JwtRegisteredClaimNames.Sub,
        };
        options.Events = new JwtBearerEvents { OnTokenValidated = CheckToken };
    }

    /// <summary>Refuses tokens that the handler accepts: those that need an extension, were issued in the future, or are valid for longer than any that we issue.</summary>
    private Task CheckToken(TokenValidatedContext context)
    {
        var latest = clock.GetUtcNow() + ClockSkew;
        var token = (JsonWebToken)context.SecurityToken;

        if (token.TryGetHeaderValue<object>(CriticalHeader, out _))
        {
            // RFC 7515, 4.1.11: a token with an extension that the recipient does not support must be refused. We support none.
            context.Fail($"Its header has {CriticalHeader}.");
            return Task.CompletedTask;
        }

        if (token.IssuedAt == DateTime.MinValue || token.IssuedAt > latest.UtcDateTime || token.ValidTo > (latest + access.Value.TokenLifetime).UtcDateTime)
        {
            context.Fail($"Issued at {token.IssuedAt.ToString("O", CultureInfo.InvariantCulture)} until {token.ValidTo.ToString("O", CultureInfo.InvariantCulture)}.");
        }

        return Task.CompletedTask;
    }
}
