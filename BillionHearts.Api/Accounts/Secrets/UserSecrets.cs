using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Accounts.Secrets;

/// <summary>A user's secrets of one kind. Each change is committed together with its entry in the audit trail.</summary>
internal sealed class UserSecrets<T>(ImagesDbContext db, AuditTrail audit, TimeProvider clock) where T : class, IUserSecret
{
    /// <param name="create">Creates the row; called again when the transaction is retried.</param>
    /// <param name="address">The client's IP address.</param>
    public async Task<Outcome<T>> AddAsync(long userId, SecretKind kind, Func<T> create, string address, CancellationToken cancellationToken)
    {
        var added = await db.InTransactionAsync(
            async cancel =>
            {
                // Requests that add a secret lock the user's row: two at once would both see room for the last one.
                await db.Database.ExecuteSqlAsync($"SELECT 1 FROM users WHERE id = {userId} FOR UPDATE", cancel);
                if (await Valid(userId).CountAsync(cancel) >= kind.Limit)
                {
                    if (kind.TooMany is not null)
                    {
                        return null;
                    }

                    await EndAsync(userId, await Valid(userId).MinAsync(secret => secret.Id, cancel), kind, address, cancel);
                }

                var secret = create();
                db.Add(secret);
                await db.SaveChangesAsync(cancel);
                await audit.WriteAsync(userId, kind.Created, secret.Id, address, cancel);

                return secret;
            },
            static secret => secret is not null,
            cancellationToken);

        return added is null ? kind.TooMany! : added;
    }

    /// <summary>Those that are neither revoked nor expired, the oldest first.</summary>
    public Task<List<T>> ListAsync(long userId, CancellationToken cancellationToken) =>
        Valid(userId).OrderBy(secret => secret.Id).ToListAsync(cancellationToken);

    /// <returns>The valid row with this secret.</returns>
    public Task<T?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        var hash = SecretText.Hash(secret);

        return Valid().SingleOrDefaultAsync(one => one.Hash == hash, cancellationToken);
    }

    /// <returns>Whether the user had such a secret.</returns>
    public Task<bool> RevokeAsync(long userId, long id, SecretKind kind, string address, CancellationToken cancellationToken) =>
        db.InTransactionAsync(cancel => EndAsync(userId, id, kind, address, cancel), cancellationToken);

    /// <summary>Inside a transaction.</summary>
    private async Task<bool> EndAsync(long userId, long id, SecretKind kind, string address, CancellationToken cancellationToken)
    {
        var revoked = await Valid(userId).Where(secret => secret.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(secret => secret.RevokedAt, clock.GetUtcNow()), cancellationToken);
        if (revoked is 1)
        {
            await audit.WriteAsync(userId, kind.Revoked, id, address, cancellationToken);
        }

        return revoked is 1;
    }

    private IQueryable<T> Valid(long userId) => Valid().Where(secret => secret.UserId == userId);

    private IQueryable<T> Valid()
    {
        var now = clock.GetUtcNow();

        return db.Set<T>().AsNoTracking().Where(secret => secret.RevokedAt == null && (secret.ExpiresAt == null || secret.ExpiresAt > now));
    }
}
