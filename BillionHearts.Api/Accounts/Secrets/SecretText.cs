using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace BillionHearts.Api.Accounts.Secrets;

/// <summary>Secrets of 256 random bits, and the hash by which they are found.</summary>
internal static class SecretText
{
    private const int Bytes = 32;

    /// <summary>43 characters that need no escaping in an address.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>SHA-256. Enough, unlike for a password: nobody guesses 256 random bits.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
