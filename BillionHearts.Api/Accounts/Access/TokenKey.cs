using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>Keys of access tokens: ECDSA P-256, each named by its RFC 7638 thumbprint, so that it has the same <c>kid</c> everywhere.</summary>
internal static class TokenKey
{
    /// <summary>In the repository, and so known to everybody: whoever signs with it protects nothing.</summary>
    public const string Development =
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJc3oiHxBpJ+jDiGxzY+rD5/bxqS2JkvlTa9iaSCzkwehRANCAATlCWIyIYkupHsN5HmWEORmbjANuCqSQReEZNvo27r/PkH4/M0AeHoXTFyJSsulQ+7iVIetNGvCsjPiJyP9odsF";

    /// <exception cref="FormatException">It is not a P-256 key, or holds no private part and must.</exception>
    public static ECDsaSecurityKey Parse(string text, bool mustSign)
    {
        var pair = ECDsa.Create();

        try
        {
            Import(pair, text.Trim(), mustSign);
            var parameters = pair.ExportParameters(includePrivateParameters: mustSign);

            if (parameters.Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
            {
                throw new CryptographicException("It is not on the curve P-256.");
            }

            return new ECDsaSecurityKey(pair) { KeyId = PublicKey.Of(pair).Kid };
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or ArgumentException)
        {
            // Without the exception's own text, which may quote what it was given.
            pair.Dispose();
            throw new FormatException($"must be an ECDSA P-256 {(mustSign ? "private key (PKCS#8)" : "key (PKCS#8, or SubjectPublicKeyInfo)")} as PEM or as base64 of DER");
        }
    }

    private static void Import(ECDsa pair, string text, bool mustSign)
    {
        if (text.StartsWith("-----BEGIN", StringComparison.Ordinal))
        {
            pair.ImportFromPem(text);
            return;
        }

        var der = Convert.FromBase64String(text);

        try
        {
            pair.ImportPkcs8PrivateKey(der, out _);
        }
        catch (CryptographicException) when (!mustSign)
        {
            pair.ImportSubjectPublicKeyInfo(der, out _);
        }
    }
}
