using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Accounts.Secrets;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Delivery.Shares;

/// <summary>Creates, lists, finds and revokes shares.</summary>
internal sealed class ShareStore(ImagesDbContext db, UserSecrets<Share> secrets, TimeProvider clock)
{
    public const int MaxShares = 1000;

    private static readonly SecretKind s_kind = new(
        MaxShares,
        new Problem(409, "too-many-shares", "Conflict", $"This user has {MaxShares} shares, which is the limit. Revoke one that is no longer needed."),
        AuditAction.ShareCreated,
        AuditAction.ShareRevoked);

    public async Task<Outcome<CreatedShare>> CreateAsync(
        long userId, CreateShareRequest request, string? passwordHash, string address, CancellationToken cancellationToken)
    {
        var own = await db.Images.CountAsync(image => image.UserId == userId && request.ImageIds.Contains(image.Id), cancellationToken);
        if (own != request.ImageIds.Count)
        {
            // The same answer for another user's image and for none at all.
            return Problems.ImageNotFound;
        }

        var (secret, now) = (SecretText.New(), clock.GetMicroseconds());
        var outcome = await secrets.AddAsync(
            userId,
            s_kind,
            () => new Share
            {
                UserId = userId,
                Hash = SecretText.Hash(secret),
                ImageIds = [.. request.ImageIds],
                PasswordHash = passwordHash,
                CreatedAt = now,
                ExpiresAt = now + request.Lifetime,
            },
            address,
            cancellationToken);

        return outcome.TryGet(out var share, out var tooMany) ? new CreatedShare(share, secret) : tooMany;
    }

    public Task<List<Share>> ListAsync(long userId, CancellationToken cancellationToken) => secrets.ListAsync(userId, cancellationToken);

    /// <returns>The share with this secret, or <see langword="null"/> if there is no valid one.</returns>
    public Task<Share?> FindAsync(string secret, CancellationToken cancellationToken) => secrets.FindAsync(secret, cancellationToken);

    /// <returns>Whether the user had this share.</returns>
    public Task<bool> RevokeAsync(long userId, long shareId, string address, CancellationToken cancellationToken) =>
        secrets.RevokeAsync(userId, shareId, s_kind, address, cancellationToken);
}

/// <param name="Secret">The secret part of the link. It is not stored.</param>
internal sealed record CreatedShare(Share Share, string Secret);
