using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>Parses the keys of access tokens: ECDSA P-256. The RFC 7638 thumbprint is the <c>kid</c>, so that a key has the same one everywhere.</summary>
internal static class TokenKey
{
    /// <summary>Published in the repository, so anybody can sign with it: it protects nothing.</summary>
    public const string Development =
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJc3oiHxBpJ+jDiGxzY+rD5/bxqS2JkvlTa9iaSCzkwehRANCAATlCWIyIYkupHsN5HmWEORmbjANuCqSQReEZNvo27r/PkH4/M0AeHoXTFyJSsulQ+7iVIetNGvCsjPiJyP9odsF";

    /// <exception cref="FormatException">It is not a P-256 key, or lacks the private part that <paramref name="mustSign"/> requires.</exception>
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

            return new ECDsaSecurityKey(pair) { KeyId = PublicKey.From(pair).Kid };
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or ArgumentException)
        {
            // Without the exception's own message, which may quote the key.
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
