using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>The public part of an ECDSA P-256 key as a JSON Web Key (RFC 7517).</summary>
/// <param name="X">In base64url, like <paramref name="Y"/>.</param>
/// <param name="Kid">RFC 7638 thumbprint of the key: the same key has the same id everywhere.</param>
internal sealed record PublicKey(string Kty, string Crv, string X, string Y, string Kid, string Use, string Alg)
{
    public const string Algorithm = "ES256";

    public static PublicKey From(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var (x, y) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
        return new PublicKey("EC", "P-256", x, y, Thumbprint(x, y), "sig", Algorithm);
    }

    // RFC 7638, 3: the required members only, in this order, without white space.
    private static string Thumbprint(string x, string y) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""")));
}

/// <summary>RFC 7517, 5.</summary>
internal sealed record PublicKeySet(IReadOnlyList<PublicKey> Keys)
{
    public const string ContentType = "application/jwk-set+json";
}
