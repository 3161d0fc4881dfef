using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace BillionHearts.Api.Accounts.Secrets;

/// <summary>Secrets of 256 random bits, and their hash for lookups.</summary>
internal static class SecretText
{
    private const int Bytes = 32;

    /// <summary>43 characters that need no escaping in a URL.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>SHA-256. Unlike for a password this is enough: 256 random bits cannot be guessed.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
