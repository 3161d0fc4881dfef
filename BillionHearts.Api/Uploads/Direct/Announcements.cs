using BillionHearts.Api.Images.Metadata;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Idempotency;
using BillionHearts.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Api.Uploads.Direct;

/// <summary>Creates images from their metadata; the bytes follow later.</summary>
internal sealed class Announcements(ImagesDbContext db, NewAnnouncements batches, TimeProvider clock)
{
    public async Task<Outcome<UploadAnswer>> AnnounceAsync(HttpRequest request, ImageMetadata metadata, CancellationToken cancellationToken)
    {
        if (IdempotencyKey.Read(request, out var key) is { } refusal)
        {
            return refusal;
        }

        var image = New(metadata, await batches.NextIdAsync(cancellationToken));
        if (KeyedRequest.From(request, key, metadata.UserId, "metadata", $"{metadata}") is not { } keyed)
        {
            return await batches.AddAsync(image, cancellationToken) ? new UploadAnswer.Stored(image) : Problems.UserNotFound;
        }

        try
        {
            return await AddOnceAsync(image, keyed, cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
        {
            return Problems.UserNotFound;
        }
    }

    private async Task<Outcome<UploadAnswer>> AddOnceAsync(Image image, KeyedRequest keyed, CancellationToken cancellationToken)
    {
        var isAdded = await db.InTransactionAsync(
            async cancel =>
            {
                db.Images.Add(image);
                if (!await keyed.TryKeepAsync(db, image, cancel))
                {
                    return false;
                }

                await db.SaveChangesAsync(cancel);

                return true;
            },
            commits: isAdded => isAdded,
            cancellationToken);

        // The image may also have been added by our own first attempt, whose answer was lost.
        return isAdded || await db.Images.AnyAsync(saved => saved.StoragePath == image.StoragePath, cancellationToken)
            ? new UploadAnswer.Stored(image)
            : await db.ReplayAsync(keyed.Request, cancellationToken) ?? Problems.Busy;
    }

    private Image New(ImageMetadata metadata, long id) => new()
    {
        Id = id,
        UserId = metadata.UserId,
        OriginalFilename = metadata.OriginalFilename,
        UploadDate = clock.GetMicroseconds(),
        Width = metadata.Width,
        Height = metadata.Height,
        FileSize = metadata.FileSize,
        FileType = metadata.FileType,
        StoragePath = BlobKeys.NewOriginal(clock.GetUtcNow()),
        Status = ImageStatus.AwaitingContent,
        Version = 0,
    };
}
