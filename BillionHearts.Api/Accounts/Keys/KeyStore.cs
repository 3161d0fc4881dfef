using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Accounts.Secrets;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Accounts.Keys;

/// <summary>A user's API keys.</summary>
internal sealed class KeyStore(UserSecrets<ApiKey> secrets, TimeProvider clock)
{
    public const int MaxKeys = 50;

    private static readonly SecretKind s_kind = new(
        MaxKeys,
        new Problem(409, "too-many-keys", "Conflict", $"This user has {MaxKeys} API keys, which is the limit. Revoke one that is no longer used."),
        AuditAction.KeyCreated,
        AuditAction.KeyRevoked);

    public async Task<Outcome<NewKeyResponse>> CreateAsync(long userId, CreateKeyRequest request, string address, CancellationToken cancellationToken)
    {
        var (secret, now) = (KeySecret.New(), clock.GetMicroseconds());
        var outcome = await secrets.AddAsync(
            userId,
            s_kind,
            () => new ApiKey
            {
                UserId = userId,
                Name = request.Name,
                Hash = SecretText.Hash(secret),
                Scopes = [.. request.Scopes],
                CreatedAt = now,
                ExpiresAt = request.ExpiresIn is { } seconds ? now.AddSeconds(seconds) : null,
            },
            address,
            cancellationToken);

        return outcome.TryGet(out var key, out var tooMany)
            ? new NewKeyResponse(key.Id, key.Name, key.Scopes, key.CreatedAt.UtcDateTime, key.ExpiresAt?.UtcDateTime, secret)
            : tooMany;
    }

    public async Task<IReadOnlyList<KeyResponse>> ListAsync(long userId, CancellationToken cancellationToken) =>
        [.. (await secrets.ListAsync(userId, cancellationToken))
            .Select(key => new KeyResponse(key.Id, key.Name, key.Scopes, key.CreatedAt.UtcDateTime, key.ExpiresAt?.UtcDateTime))];

    /// <returns>Whether the user had such a key.</returns>
    public Task<bool> RevokeAsync(long userId, long keyId, string address, CancellationToken cancellationToken) =>
        secrets.RevokeAsync(userId, keyId, s_kind, address, cancellationToken);
}
