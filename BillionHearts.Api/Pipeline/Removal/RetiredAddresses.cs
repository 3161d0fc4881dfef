using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Removal;

/// <summary>Ends and restores, in the caller's transaction, the validity of media addresses.</summary>
internal static class RetiredAddresses
{
    /// <summary>From the commit on, the addresses of this key answer 410. The caller sets the <see cref="RetiredAddressSignal"/> after it.</summary>
    public static Task RetireAddressAsync(this ImagesDbContext db, string? mediaKey, CancellationToken cancellationToken) => mediaKey is null
        ? Task.CompletedTask
        : db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO retired_media_keys (media_key) VALUES ({mediaKey})
            ON CONFLICT (media_key) DO UPDATE SET retired_at = now(), sweep_due_at = now(), sweeps = 0, is_restored = false
            """,
            cancellationToken);

    /// <summary>The image is visible again: the gateways' copies of the 410 are replaced by the bytes.</summary>
    public static Task RestoreAddressAsync(this ImagesDbContext db, string? mediaKey, CancellationToken cancellationToken) => mediaKey is null
        ? Task.CompletedTask
        : db.Database.ExecuteSqlAsync(
            $"UPDATE retired_media_keys SET sweep_due_at = now(), sweeps = 0, is_restored = true WHERE media_key = {mediaKey}", cancellationToken);
}
