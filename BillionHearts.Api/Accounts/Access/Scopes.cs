namespace BillionHearts.Api.Accounts.Access;

/// <summary>What credentials allow, of what their user may. A sign-in allows all of it, an API key what it was made for.</summary>
internal static class Scopes
{
    public const string ReadImages = "images:read";

    public const string WriteImages = "images:write";

    /// <summary>API keys and the audit trail: never for an API key, which could otherwise give itself more.</summary>
    public const string Account = "account";

    /// <summary>What operators may do, and only they. Never for an API key either.</summary>
    public const string Operate = "operate";

    public static readonly IReadOnlyList<string> OfKeys = [ReadImages, WriteImages];

    public static readonly string OfSignIn = string.Join(' ', ReadImages, WriteImages, Account, Operate);
}
