using BillionHearts.Api.Accounts;
using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Idempotency;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Uploads.Admission;

/// <summary>
/// A user's usage, compared with the limits. The counters change in the commit of each content and are exact; checking them earlier
/// only saves the client from sending bytes that would be refused.
/// </summary>
internal sealed class UserQuota(ImagesDbContext db, IOptions<UploadOptions> options)
{
    private readonly UploadOptions _limits = options.Value;

    /// <summary>Checks that the user exists and has quota left, as far as that is known before the content is read.</summary>
    /// <param name="bytes">The announced length minus the length that it replaces; 1 if no length was announced.</param>
    public async Task<Problem?> CheckAsync(long userId, int images, long bytes, CancellationToken cancellationToken)
    {
        var usage = await db.Users.Where(user => user.Id == userId)
            .Select(user => new Usage(user.ImageCount, user.StoredBytes)).SingleOrDefaultAsync(cancellationToken);

        return usage is null ? Problems.UserNotFound : Check(usage, images, bytes);
    }

    /// <summary>Like <see cref="CheckAsync"/>, but skipped if the key has an answer: the request is then read to the end, to check that it is the same.</summary>
    public async Task<Problem?> CheckUnlessAnsweredAsync(long userId, IdempotencyKey? key, int images, long bytes, CancellationToken cancellationToken) =>
        await db.HasAnswerAsync(userId, key, cancellationToken) ? null : await CheckAsync(userId, images, bytes, cancellationToken);

    /// <summary>
    /// Changes the counters. Must be the last statement of the transaction: the user's other uploads wait from here to the commit.
    /// </summary>
    /// <returns>The refusal, after which the transaction must be rolled back; or <see langword="null"/>.</returns>
    public async Task<Problem?> ChangeAsync(long userId, int images, long bytes, CancellationToken cancellationToken)
    {
        var moved = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE users SET image_count = image_count + {images}, stored_bytes = stored_bytes + {bytes}
            WHERE id = {userId}
              AND ({images} <= 0 OR image_count + {images} <= {_limits.MaxUserImages ?? long.MaxValue})
              AND ({bytes} <= 0 OR stored_bytes + {bytes} <= {_limits.MaxUserBytes ?? long.MaxValue})
            """,
            cancellationToken);

        // The update was refused, even if the counters have room again by now.
        return moved is 1 ? null : await CheckAsync(userId, images, bytes, cancellationToken) ?? Problems.Busy;
    }

    private Problem? Check(Usage usage, int images, long bytes)
    {
        if (images > 0 && usage.Images + images > _limits.MaxUserImages)
        {
            return UploadProblems.QuotaOfImages(usage.Images, _limits.MaxUserImages.Value);
        }

        return bytes > 0 && usage.Bytes + bytes > _limits.MaxUserBytes
            ? UploadProblems.QuotaOfBytes(usage.Bytes, bytes, _limits.MaxUserBytes.Value)
            : null;
    }

    private sealed record Usage(long Images, long Bytes);
}
