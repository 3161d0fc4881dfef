using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Notifications.Users;

/// <summary>Whose a request's credentials are. What the api says about the same holder later is true of all their requests and streams.</summary>
/// <param name="KeyId">Of the API key; null for an access token, and for a request without credentials, which Development accepts.</param>
internal readonly record struct Holder(long UserId, long? KeyId);

/// <summary>What the api answered about credentials.</summary>
/// <param name="Scopes">What they allow. None for a request without credentials.</param>
/// <param name="ExpiresAt">Null for credentials that do not expire.</param>
internal sealed record Verdict(Holder Holder, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt)
{
    /// <summary>The scope for what outlives a request: addresses to which events are sent.</summary>
    public const string AccountScope = "account";
}

/// <summary>A verdict, or the refusal.</summary>
internal readonly record struct Judgement(Verdict? Verdict, Problem? Refusal)
{
    public static implicit operator Judgement(Verdict verdict) => new(verdict, null);

    public static implicit operator Judgement(Problem refusal) => new(null, refusal);
}

internal enum HolderState
{
    /// <summary>The user exists and is not disabled, and the key is neither revoked nor expired.</summary>
    Valid,

    Refused,

    /// <summary>There is no such user.</summary>
    Unknown,
}
