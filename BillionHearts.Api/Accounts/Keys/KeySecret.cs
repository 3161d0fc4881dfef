using BillionHearts.Api.Accounts.Secrets;

namespace BillionHearts.Api.Accounts.Keys;

/// <summary>The text of an API key: a prefix by which people and secret scanners recognise it, and a secret.</summary>
internal static class KeySecret
{
    public const string Prefix = "bhk_";

    public static string New() => Prefix + SecretText.New();

    public static bool HasPrefix(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);
}
