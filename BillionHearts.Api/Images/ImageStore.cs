using System.Security.Cryptography;
using BillionHearts.Api.Data;
using BillionHearts.Api.Errors;
using BillionHearts.Api.Media;
using BillionHearts.Api.Outbox;
using BillionHearts.Api.Telemetry;
using BillionHearts.Contracts;
using BillionHearts.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Api.Images;

/// <summary>Every change that a client makes to an image: one commit each, the message that tells of it included.</summary>
internal sealed class ImageStore(ImagesDbContext db, AnalysisDispatch dispatch, OutboxSignal signal, TimeProvider clock)
{
    /// <summary>An image whose bytes are still to come.</summary>
    /// <returns><see langword="null"/> when there is no such user.</returns>
    public async Task<Image?> AnnounceAsync(ImageMetadata metadata, CancellationToken cancellationToken)
    {
        var image = new Image
        {
            UserId = metadata.UserId,
            OriginalFilename = metadata.OriginalFilename,
            UploadDate = Now(),
            Width = metadata.Width,
            Height = metadata.Height,
            FileSize = metadata.FileSize,
            FileType = metadata.FileType,
            StoragePath = BlobKeys.NewOriginal(clock.GetUtcNow()),
            Status = ImageStatus.AwaitingContent,
            Version = 0,
        };

        db.Images.Add(image);
        return await TrySaveNewAsync(image, cancellationToken) is SaveOutcome.Saved ? image : null;
    }

    /// <summary>An image whose bytes are in the store. Image and work for analysis are committed together.</summary>
    /// <remarks>Not cancelled by a client that goes away: all of the upload is here, and a commit cut short leaves one not knowing.</remarks>
    public async Task<(SaveOutcome Outcome, Image Image)> AddAsync(long userId, string fileName, StoredContent content)
    {
        var image = new Image
        {
            UserId = userId,
            OriginalFilename = fileName,
            UploadDate = Now(),
            Width = content.Image.Width,
            Height = content.Image.Height,
            FileSize = content.Length,
            FileType = content.Image.Type.Name,
            StoragePath = content.Key,
            Status = ImageStatus.Pending,
            Version = 1,
            Sha256 = content.Sha256,
            MediaKey = NewMediaKey(),
        };

        // The id is taken from a block that this process holds, so it is known before anything is written.
        await db.Images.AddAsync(image);
        db.Outbox.Add(OutboxMessage.Of(dispatch.Begin(image)));
        var outcome = await TrySaveNewAsync(image, CancellationToken.None);
        signal.Set();
        return (outcome, image);
    }

    public async Task<IResult> UpdateAsync(long id, ImageUpdate update, CancellationToken cancellationToken)
    {
        var result = await db.InTransactionAsync<IResult>(
            async cancel =>
            {
                if (await db.LockImageAsync(id, cancel) is not { } image)
                {
                    return Problems.ImageNotFound;
                }

                if (update.Conflicts(image) is { Count: > 0 } conflicts)
                {
                    return Problems.InvalidFields(conflicts);
                }

                update.ApplyTo(image);

                if (image.HasContent)
                {
                    db.Outbox.Add(OutboxMessage.Of(dispatch.Begin(image)));
                }

                await db.SaveChangesAsync(cancel);
                return new ImageResult(image);
            },
            cancellationToken);

        signal.Set();
        return result;
    }

    /// <returns>Whether there was such an image.</returns>
    public async Task<bool> DeleteAsync(long id, CancellationToken cancellationToken)
    {
        var isDeleted = await db.InTransactionAsync(
            async cancel =>
            {
                if (await db.LockImageAsync(id, cancel) is not { } image)
                {
                    return false;
                }

                image.DeletedAt = Now();
                image.AnalysisRequestId = null;
                db.Outbox.Add(OutboxMessage.Of(dispatch.Fact(image, ImagesExchange.Keys.Deleted)));

                if (image.MediaKey is not null)
                {
                    db.RetiredMediaKeys.Add(new RetiredMediaKey { MediaKey = image.MediaKey });
                }

                await db.SaveChangesAsync(cancel);
                await ImageRemoval.ScheduleAsync(db, id, cancel);
                return true;
            },
            cancellationToken);

        signal.Set();
        return isDeleted;
    }

    private async Task<SaveOutcome> TrySaveNewAsync(Image image, CancellationToken cancellationToken)
    {
        using var commit = ApiTelemetry.Commit("image");

        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return SaveOutcome.Saved;
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
        {
            return SaveOutcome.UserUnknown;
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Ids and keys are ours alone, so what stands in the way is our own first attempt: its answer was lost, it was not.
            return await db.Images.AnyAsync(saved => saved.Id == image.Id && saved.StoragePath == image.StoragePath, cancellationToken)
                ? SaveOutcome.Saved
                : throw new InvalidOperationException($"The id {image.Id} is taken by another image.", exception);
        }
    }

    // PostgreSQL keeps microseconds: what is answered now must equal what is read later.
    private DateTimeOffset Now()
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    private static string NewMediaKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}

internal enum SaveOutcome
{
    Saved,
    UserUnknown,
}
