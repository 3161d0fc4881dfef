using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace BillionHearts.Api.Accounts.Keys;

/// <summary>What a key looks like: a prefix by which it is known, also to scanners for leaked secrets, and 256 random bits.</summary>
internal static class KeySecret
{
    public const string Prefix = "bhk_";

    private const int Bytes = 32;

    public static string New() => Prefix + Random();

    /// <summary>256 random bits as 43 characters that need no escaping in an address.</summary>
    public static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static bool Is(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
