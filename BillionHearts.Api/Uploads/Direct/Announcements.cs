using BillionHearts.Api.Images;
using BillionHearts.Api.Images.Metadata;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Admission;
using BillionHearts.Api.Uploads.Idempotency;
using BillionHearts.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Api.Uploads.Direct;

/// <summary>Images whose bytes are still to come: metadata first.</summary>
internal sealed class Announcements(ImagesDbContext db, NewAnnouncements batches, UploadAdmission admission, TimeProvider clock)
{
    public async Task<IResult> AnnounceAsync(HttpRequest request, ImageMetadata metadata, CancellationToken cancellationToken)
    {
        var (key, refusal) = IdempotencyKey.Read(request);

        if (refusal is not null)
        {
            return refusal;
        }

        var image = New(metadata, await batches.NextIdAsync(cancellationToken));

        if (key is null)
        {
            return await batches.AddAsync(image, cancellationToken) ? new ImageResult(image) : Problems.UserNotFound;
        }

        try
        {
            var asked = new IdempotentRequest(metadata.UserId, key, IdempotentRequest.FingerprintOf("metadata", $"{metadata}"));
            return await AddOnceAsync(request, image, asked, cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
        {
            return Problems.UserNotFound;
        }
    }

    private async Task<IResult> AddOnceAsync(HttpRequest request, Image image, IdempotentRequest asked, CancellationToken cancellationToken)
    {
        var answer = await db.InTransactionAsync(
            async cancel =>
            {
                db.Images.Add(image);
                var rendered = await admission.Renderer.RenderAsync(request, image, cancel);

                if (!await db.TryKeepAnswerAsync(asked, StatusCodes.Status200OK, rendered.Text, cancel))
                {
                    return null;
                }

                await db.SaveChangesAsync(cancel);
                return rendered;
            },
            commits: rendered => rendered is not null,
            cancellationToken);

        return answer ?? await FindOwnAsync(image, cancellationToken) ?? await db.ReplayAsync(asked, cancellationToken) ?? Problems.Busy;
    }

    private async Task<IResult?> FindOwnAsync(Image image, CancellationToken cancellationToken) =>
        await db.Images.AnyAsync(saved => saved.StoragePath == image.StoragePath, cancellationToken) ? new ImageResult(image) : null;

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
