using BillionHearts.Api.Data;
using BillionHearts.Api.Errors;
using BillionHearts.Api.Idempotency;
using BillionHearts.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Api.Images;

/// <summary>Images whose bytes are still to come: metadata first.</summary>
internal sealed class Announcements(ImagesDbContext db, UploadAdmission admission, TimeProvider clock)
{
    public async Task<IResult> AnnounceAsync(HttpRequest request, ImageMetadata metadata, CancellationToken cancellationToken)
    {
        var (key, refusal) = IdempotencyKey.Read(request);

        if (refusal is not null)
        {
            return refusal;
        }

        var image = New(metadata);

        try
        {
            return key is null
                ? await AddAsync(image, cancellationToken)
                : await AddOnceAsync(
                    request, image, new IdempotentRequest(metadata.UserId, key, IdempotentRequest.FingerprintOf("metadata", $"{metadata}")), cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
        {
            return Problems.UserNotFound;
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Ids and keys are ours alone, so what stands in the way is our own first attempt: its answer was lost, it was not.
            return await FindOwnAsync(image, cancellationToken)
                ?? throw new InvalidOperationException($"The id {image.Id} is taken by another image.", exception);
        }
    }

    private async Task<IResult> AddAsync(Image image, CancellationToken cancellationToken)
    {
        db.Images.Add(image);
        await db.SaveChangesAsync(cancellationToken);
        return new ImageResult(image);
    }

    private async Task<IResult> AddOnceAsync(HttpRequest request, Image image, IdempotentRequest asked, CancellationToken cancellationToken)
    {
        var answer = await db.InTransactionAsync(
            async cancel =>
            {
                await db.Images.AddAsync(image, cancel);
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

    private Image New(ImageMetadata metadata) => new()
    {
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
