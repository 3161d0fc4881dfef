namespace BillionHearts.Api.Accounts.Access;

/// <summary>Which of the user's permissions the credentials carry. A sign-in has all of them, an API key those that it was created with.</summary>
internal static class Scopes
{
    public const string ReadImages = "images:read";

    public const string WriteImages = "images:write";

    /// <summary>API keys, sessions and the audit trail. Never for an API key, which could otherwise give itself more scopes.</summary>
    public const string Account = "account";

    /// <summary>Actions for operators only. Never for an API key either.</summary>
    public const string Operate = "operate";

    public static readonly IReadOnlyList<string> ForKeys = [ReadImages, WriteImages];

    public static readonly string ForSignIn = string.Join(' ', ReadImages, WriteImages, Account, Operate);
}
