using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Accounts.Keys;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Delivery.Shares;

/// <summary>A user's shares. What is done to them and its entry in the audit trail are one commit.</summary>
internal sealed class ShareStore(ImagesDbContext db, AuditTrail audit, TimeProvider clock)
{
    public const int MaxShares = 1000;

    private static readonly Problem s_tooMany = new(
        409, "too-many-shares", "Conflict", $"This user has {MaxShares} shares, which is the limit. Revoke one that is not needed any more.");

    /// <returns>The share and the secret of its link.</returns>
    public async Task<(Share? Share, string Secret, Problem? Refusal)> CreateAsync(
        long userId, CreateShareRequest request, string? passwordHash, string address, CancellationToken cancellationToken)
    {
        var (secret, now) = (KeySecret.Random(), clock.GetMicroseconds());
        var own = await db.Images.CountAsync(image => image.UserId == userId && request.ImageIds.Contains(image.Id), cancellationToken);

        if (own != request.ImageIds.Count)
        {
            // Another's image and none are one thing to who asks.
            return (null, "", Problems.ImageNotFound);
        }

        if (await Valid(now).CountAsync(share => share.UserId == userId, cancellationToken) >= MaxShares)
        {
            return (null, "", s_tooMany);
        }

        var share = await db.InTransactionAsync(
            async cancel =>
            {
                var share = new Share
                {
                    UserId = userId,
                    Hash = KeySecret.Hash(secret),
                    ImageIds = [.. request.ImageIds],
                    PasswordHash = passwordHash,
                    CreatedAt = now,
                    ExpiresAt = now + request.Lifetime,
                };
                db.Shares.Add(share);
                await db.SaveChangesAsync(cancel);
                await audit.WriteAsync(userId, AuditAction.ShareCreated, share.Id, address, cancel);
                return share;
            },
            cancellationToken);

        return (share, secret, null);
    }

    public Task<List<Share>> ListAsync(long userId, CancellationToken cancellationToken) =>
        Valid(clock.GetUtcNow()).Where(share => share.UserId == userId).OrderBy(share => share.Id).ToListAsync(cancellationToken);

    /// <returns>The share that the link leads to, while it does.</returns>
    public Task<Share?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        var hash = KeySecret.Hash(secret);
        return Valid(clock.GetUtcNow()).SingleOrDefaultAsync(share => share.Hash == hash, cancellationToken);
    }

    /// <returns>Whether the user had such a share.</returns>
    public Task<bool> RevokeAsync(long userId, long shareId, string address, CancellationToken cancellationToken) => db.InTransactionAsync(
        async cancel =>
        {
            var now = clock.GetUtcNow();
            var revoked = await Valid(now).Where(share => share.UserId == userId && share.Id == shareId)
                .ExecuteUpdateAsync(set => set.SetProperty(share => share.RevokedAt, now), cancel);

            if (revoked is 1)
            {
                await audit.WriteAsync(userId, AuditAction.ShareRevoked, shareId, address, cancel);
            }

            return revoked is 1;
        },
        cancellationToken);

    private IQueryable<Share> Valid(DateTimeOffset now) => db.Shares.AsNoTracking().Where(share => share.RevokedAt == null && share.ExpiresAt > now);
}
