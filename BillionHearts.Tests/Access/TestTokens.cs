using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Accounts.SignIn;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BillionHearts.Tests.Access;

/// <summary>Makes valid access tokens, and ones with a single fault.</summary>
internal sealed class TestTokens
{
    private static readonly string[] s_critical = ["exp"];

    private readonly ECDsa _pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsaSecurityKey _key;

    public TestTokens()
    {
        SigningKey = Convert.ToBase64String(_pair.ExportPkcs8PrivateKey());
        _key = TokenKey.Parse(SigningKey, mustSign: true);
    }

    /// <summary>In the format of <c>Auth:SigningKey</c>.</summary>
    public string SigningKey { get; }

    public static string NewKey()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(pair.ExportPkcs8PrivateKey());
    }

    public string For(long user) => Make(user, _ => { });

    /// <summary>Tokens with a single fault, each with a name for the test's message.</summary>
    public IEnumerable<(string Fault, string Token)> Faulty(long user)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var good = For(user);

        yield return ("garbage", "garbage");
        yield return ("nothing but dots", "..");
        yield return ("a signature of another token", $"{good[..good.LastIndexOf('.')]}{For(user + 1)[For(user + 1).LastIndexOf('.')..]}");
        yield return ("a changed claim", WithPayload(good, payload => payload.Replace($"\"sub\":\"{user}\"", $"\"sub\":\"{user + 1}\"", StringComparison.Ordinal)));
        yield return ("expired", Make(user, token => (token.IssuedAt, token.NotBefore, token.Expires) = (now.AddMinutes(-40), now.AddMinutes(-40), now.AddSeconds(-32))));
        // Less than the 5 min that are allowed by default, and more than a test of all routes takes.
        yield return ("not yet good", Make(user, token => token.NotBefore = now.AddMinutes(4)));
        yield return ("issued in the future", Make(user, token => token.IssuedAt = now.AddMinutes(4)));
        yield return ("without an end", Make(user, token => token.Expires = null));
        yield return ("good for ages", Make(user, token => token.Expires = new DateTime(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc)));
        yield return ("for another audience", Make(user, token => token.Audience = "https://elsewhere.example"));
        yield return ("of another issuer", Make(user, token => token.Issuer = "https://elsewhere.example"));
        yield return ("of another type", Make(user, token => token.TokenType = "JWT"));
        yield return ("a receipt", Make(user, token => token.TokenType = "receipt+jws"));
        yield return ("that needs an unknown extension", Make(user, token => token.AdditionalHeaderClaims = new Dictionary<string, object> { ["crit"] = s_critical }));
        yield return ("for no user", Make(user, token => token.Claims["sub"] = "nobody"));
        yield return ("with SQL for a user", Make(user, token => token.Claims["sub"] = "1 OR 1=1"));
        yield return ("of an unknown key", Make(user, token => token.SigningCredentials = Credentials(TokenKey.Parse(NewKey(), mustSign: true))));
        yield return ("of an unknown key under our name", Make(user, token => token.SigningCredentials = Credentials(Renamed(TokenKey.Parse(NewKey(), mustSign: true)))));
        yield return ("of the development key", Make(user, token => token.SigningCredentials = Credentials(TokenKey.Parse(TokenKey.Development, mustSign: true))));
        yield return ("unsigned", Unsigned(good));
        yield return ("signed with the public key as a secret", Confused(good));
        yield return ("naming a key elsewhere", WithHeader(good, """{"alg":"ES256","typ":"at+jwt","jku":"http://127.0.0.1:1/keys","kid":"../../dev/null"}"""));
    }

    private string Make(long user, Action<SecurityTokenDescriptor> change)
    {
        var defaults = new AccessOptions();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var token = new SecurityTokenDescriptor
        {
            Issuer = defaults.Issuer,
            Audience = defaults.Audience,
            TokenType = TokenIssuer.Type,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + defaults.TokenLifetime,
            SigningCredentials = Credentials(_key),
            Claims = new Dictionary<string, object>
            {
                ["sub"] = user.ToString(CultureInfo.InvariantCulture),
                [Caller.ScopeClaim] = Scopes.ForSignIn,
            },
        };
        change(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    private static SigningCredentials Credentials(SecurityKey key) => new(key, TokenIssuer.Algorithm);

    private ECDsaSecurityKey Renamed(ECDsaSecurityKey key)
    {
        key.KeyId = _key.KeyId;
        return key;
    }

    private static string Unsigned(string token) => $"{Encode("""{"alg":"none","typ":"at+jwt"}""")}.{token.Split('.')[1]}.";

    /// <summary>HS256, with what everybody may know as its secret: the attack on a verifier that lets the token choose the algorithm.</summary>
    private string Confused(string token)
    {
        var signed = $"{Encode($$"""{"alg":"HS256","typ":"at+jwt","kid":"{{_key.KeyId}}"}""")}.{token.Split('.')[1]}";
        var secret = Encoding.UTF8.GetBytes(_pair.ExportSubjectPublicKeyInfoPem());
        return $"{signed}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    private string WithHeader(string token, string header)
    {
        var signed = $"{Encode(header)}.{token.Split('.')[1]}";
        return $"{signed}.{Base64UrlEncoder.Encode(_pair.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    private static string WithPayload(string token, Func<string, string> change)
    {
        var parts = token.Split('.');
        return $"{parts[0]}.{Encode(change(Base64UrlEncoder.Decode(parts[1])))}.{parts[2]}";
    }

    private static string Encode(string json) => Base64UrlEncoder.Encode(json);
}
