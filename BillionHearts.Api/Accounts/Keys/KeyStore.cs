using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Platform.Data;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Accounts.Keys;

/// <summary>A user's keys. What is done to them and its entry in the audit trail are one commit.</summary>
internal sealed class KeyStore(ImagesDbContext db, AuditTrail audit, TimeProvider clock)
{
    public const int MaxKeys = 50;

    private static readonly Problem s_tooMany = new(
        409, "too-many-keys", "Conflict", $"This user has {MaxKeys} keys, which is the limit. Revoke one that is not used any more.");

    public async Task<IResult> CreateAsync(long userId, CreateKeyRequest request, string address, CancellationToken cancellationToken)
    {
        var (secret, now) = (KeySecret.New(), clock.GetMicroseconds());

        var key = await db.InTransactionAsync(
            async cancel =>
            {
                // Whoever adds a key takes turns by the user's row: two at once would both see room for the last.
                await db.Database.ExecuteSqlAsync($"SELECT 1 FROM users WHERE id = {userId} FOR UPDATE", cancel);

                if (await Valid(userId, now).CountAsync(cancel) >= MaxKeys)
                {
                    return null;
                }

                var key = new ApiKey
                {
                    UserId = userId,
                    Name = request.Name,
                    Hash = KeySecret.Hash(secret),
                    Scopes = [.. request.Scopes],
                    CreatedAt = now,
                    ExpiresAt = request.ExpiresIn is { } seconds ? now.AddSeconds(seconds) : null,
                };
                db.ApiKeys.Add(key);
                await db.SaveChangesAsync(cancel);
                await audit.WriteAsync(userId, AuditAction.KeyCreated, key.Id, address, cancel);
                return key;
            },
            static key => key is not null,
            cancellationToken);

        return key is null
            ? s_tooMany
            : TypedResults.Ok(new NewKeyResponse(key.Id, key.Name, key.Scopes, key.CreatedAt.UtcDateTime, key.ExpiresAt?.UtcDateTime, secret));
    }

    public async Task<IReadOnlyList<KeyResponse>> ListAsync(long userId, CancellationToken cancellationToken) =>
        [.. (await Valid(userId, clock.GetUtcNow()).OrderBy(key => key.Id).ToListAsync(cancellationToken))
            .Select(key => new KeyResponse(key.Id, key.Name, key.Scopes, key.CreatedAt.UtcDateTime, key.ExpiresAt?.UtcDateTime))];

    /// <returns>Whether the user had such a key.</returns>
    public Task<bool> RevokeAsync(long userId, long keyId, string address, CancellationToken cancellationToken) => db.InTransactionAsync(
        async cancel =>
        {
            var now = clock.GetUtcNow();
            var revoked = await Valid(userId, now).Where(key => key.Id == keyId)
                .ExecuteUpdateAsync(set => set.SetProperty(key => key.RevokedAt, now), cancel);

            if (revoked is 1)
            {
                await audit.WriteAsync(userId, AuditAction.KeyRevoked, keyId, address, cancel);
            }

            return revoked is 1;
        },
        cancellationToken);

    private IQueryable<ApiKey> Valid(long userId, DateTimeOffset now) => db.ApiKeys.AsNoTracking()
        .Where(key => key.UserId == userId && key.RevokedAt == null && (key.ExpiresAt == null || key.ExpiresAt > now));
}
