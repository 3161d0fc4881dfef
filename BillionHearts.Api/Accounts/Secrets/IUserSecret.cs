namespace BillionHearts.Api.Accounts.Secrets;

/// <summary>Something that a user gives to others and can take back, such as an API key or a share. Its secret is shown once and not kept.</summary>
internal interface IUserSecret
{
    long Id { get; }

    long UserId { get; }

    /// <summary><see cref="SecretText.Hash"/> of the secret.</summary>
    byte[] Hash { get; }

    /// <summary><see langword="null"/> for one that is valid until it is revoked.</summary>
    DateTimeOffset? ExpiresAt { get; }

    DateTimeOffset? RevokedAt { get; }
}
