using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Telemetry;
using BillionHearts.Storage;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Uploads.Receipts;

/// <summary>Issues receipts: reads an image's bytes back from the store, and signs the receipt if they are the uploaded bytes.</summary>
internal sealed class ReceiptIssuer(ImagesDbContext db, IBlobStore blobs, ReceiptSigner signer, IntegrityAlarm alarm, TimeProvider clock)
{
    /// <summary>How many times the bytes are read, if the image gets new content during each read, before the client must retry.</summary>
    private const int Attempts = 3;

    private const string FoundBy = "receipt";

    public async Task<Outcome<ReceiptResponse>> IssueAsync(long id, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await db.Images.AsNoTracking().SingleOrDefaultAsync(image => image.Id == id, cancellationToken) is not { } image)
            {
                return Problems.ImageNotFound;
            }

            if (!image.HasContent)
            {
                return ReceiptProblems.ContentAwaited;
            }

            var actual = await blobs.HashAsync(image.StoragePath, cancellationToken);
            var verifiedAt = clock.GetUtcNow();

            // If the image was deleted or replaced while it was read, the result says nothing about its current content.
            if (await db.Images.AnyAsync(now => now.Id == id && now.StoragePath == image.StoragePath, cancellationToken))
            {
                return await AnswerAsync(image, actual, verifiedAt, cancellationToken);
            }
        }

        return Problems.Busy;
    }

    private async Task<Outcome<ReceiptResponse>> AnswerAsync(Image image, byte[]? actual, DateTimeOffset verifiedAt, CancellationToken cancellationToken)
    {
        if (actual is null)
        {
            alarm.Missing(FoundBy, image.StoragePath);
            return Problems.ContentMissing;
        }

        if (!actual.AsSpan().SequenceEqual(image.Sha256))
        {
            alarm.Corrupt(FoundBy, image.StoragePath, image.Sha256, actual);
            return Problems.Integrity;
        }

        return await signer.SignAsync(ReceiptStatement.From(image, verifiedAt), cancellationToken);
    }
}
