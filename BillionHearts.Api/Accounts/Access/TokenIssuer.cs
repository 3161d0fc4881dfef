using System.Globalization;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>Issues access tokens in the profile of RFC 9068: a JSON Web Token of type <c>at+jwt</c>, signed with ES256.</summary>
internal sealed class TokenIssuer(TokenKeys keys, IOptions<AccessOptions> options, TimeProvider clock)
{
    /// <summary>So that nothing else that we sign, such as a receipt, is accepted as an access token (RFC 8725, 3.11).</summary>
    public const string Type = "at+jwt";

    public const string Algorithm = SecurityAlgorithms.EcdsaSha256;

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials _credentials = new(keys.Signing, Algorithm);
    private readonly AccessOptions _options = options.Value;

    public TimeSpan Lifetime => _options.TokenLifetime;

    /// <param name="sessionId">Of the session that the token comes from.</param>
    public string Issue(long userId, long? sessionId)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object>
        {
            [JwtRegisteredClaimNames.Sub] = userId.ToString(CultureInfo.InvariantCulture),
            [JwtRegisteredClaimNames.Jti] = Guid.NewGuid().ToString("n"),
            [Caller.ScopeClaim] = Scopes.ForSignIn,
        };

        if (sessionId is { } id)
        {
            claims[JwtRegisteredClaimNames.Sid] = id.ToString(CultureInfo.InvariantCulture);
        }

        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = _options.Issuer,
            Audience = _options.Audience,
            TokenType = Type,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + Lifetime,
            SigningCredentials = _credentials,
            Claims = claims,
        });
    }
}
