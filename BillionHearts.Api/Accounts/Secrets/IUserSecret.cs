namespace BillionHearts.Api.Accounts.Secrets;

/// <summary>Access that a user gives to others and can revoke, such as an API key or a share. Its secret is shown once and not stored.</summary>
internal interface IUserSecret
{
    long Id { get; }

    long UserId { get; }

    /// <summary><see cref="SecretText.Hash"/> of the secret.</summary>
    byte[] Hash { get; }

    /// <summary><see langword="null"/> when it is valid until it is revoked.</summary>
    DateTimeOffset? ExpiresAt { get; }

    DateTimeOffset? RevokedAt { get; }
}
