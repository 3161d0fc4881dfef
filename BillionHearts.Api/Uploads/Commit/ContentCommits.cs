using System.Security.Cryptography;
using BillionHearts.Api.Images;
using BillionHearts.Api.Images.Metadata;
using BillionHearts.Api.Pipeline;
using BillionHearts.Api.Pipeline.Dispatch;
using BillionHearts.Api.Pipeline.Outbox;
using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Telemetry;
using BillionHearts.Api.Uploads.Admission;
using BillionHearts.Api.Uploads.Idempotency;
using BillionHearts.Api.Uploads.Intake;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Api.Uploads.Commit;

/// <summary>
/// Makes stored bytes the content of an image, in one commit: image, work for analysis, the answer kept for a repeated request,
/// the owner's usage, and the blobs that it replaces. From the call on, the bytes are either an image's or discarded.
/// </summary>
/// <remarks>Not cancelled by a client that goes away: all of the upload is here, and a commit cut short leaves one not knowing.</remarks>
internal sealed class ContentCommits(ImagesDbContext db, ContentIntake intake, AnalysisDispatch dispatch, OutboxSignal signal, RetiredAddressSignal edge, UserQuota quota)
{
    /// <summary>A new image.</summary>
    /// <param name="alongside">What else belongs in the same commit.</param>
    public Task<ContentOutcome> AddAsync(
        long userId, string fileName, StoredContent content, KeyedAnswer? keyed, Func<Image, CancellationToken, Task>? alongside = null)
    {
        var image = New(userId, fileName, content);

        return CommitAsync(content, keyed, async cancel =>
        {
            // The id is taken from a block that this process holds, so it is known before anything is written.
            await db.Images.AddAsync(image, cancel);
            var work = OutboxMessage.Of(dispatch.Begin(image));

            if (keyed is not null && !await keyed.TryKeepAsync(db, image, cancel))
            {
                return ContentOutcome.Answered;
            }

            db.Outbox.Add(work);
            await db.SaveChangesAsync(cancel);

            if (alongside is not null)
            {
                await alongside(image, cancel);
            }

            return ContentOutcome.Of(image, await quota.ChangeAsync(userId, images: 1, content.Length, cancel));
        });
    }

    /// <summary>The first content of an announced image, or another version of one that has content.</summary>
    /// <param name="judge">Looks at the image as it is when nobody else can change it: a result is the answer, and nothing is changed.</param>
    public async Task<ContentOutcome> ReplaceAsync(
        long imageId, StoredContent content, KeyedAnswer? keyed, Func<Image, IResult?> judge)
    {
        var outcome = await CommitAsync(content, keyed, async cancel =>
        {
            if (await db.LockImageAsync(imageId, cancel) is not { } image)
            {
                return ContentOutcome.Refused(Problems.ImageNotFound);
            }

            if (image.StoragePath == content.Key)
            {
                return ContentOutcome.Stored(image);
            }

            if (keyed is not null && await db.HasAnswerAsync(keyed.Request.UserId, keyed.Request.Key, cancel))
            {
                return ContentOutcome.Answered;
            }

            if (judge(image) is { } answer)
            {
                return ContentOutcome.Refused(answer);
            }

            var replaced = ReplacedContent.Of(image);
            replaced.RetireAddress(db);
            Fill(image, content);
            var work = OutboxMessage.Of(dispatch.Begin(image));

            if (keyed is not null && !await keyed.TryKeepAsync(db, image, cancel))
            {
                return ContentOutcome.Answered;
            }

            db.Outbox.Add(work);
            await db.SaveChangesAsync(cancel);
            await replaced.RetireBlobsAsync(db, cancel);

            return ContentOutcome.Of(
                image, await quota.ChangeAsync(image.UserId, replaced.Images is 0 ? 1 : 0, content.Length - replaced.Bytes, cancel));
        });

        edge.Set();
        return outcome;
    }

    private async Task<ContentOutcome> CommitAsync(StoredContent content, KeyedAnswer? keyed, Func<CancellationToken, Task<ContentOutcome>> work)
    {
        using var commit = ApiTraces.StartCommit("image");

        try
        {
            var outcome = await db.InTransactionAsync(work, commits: outcome => outcome.Image is not null, CancellationToken.None);

            if (outcome.IsAnswered)
            {
                outcome = await FindOwnAsync(content) ?? ContentOutcome.Refused(await db.ReplayAsync(keyed!.Request, CancellationToken.None) ?? Problems.Busy);
            }

            if (outcome.Image is null)
            {
                await DiscardAsync(content);
            }

            signal.Set();
            return outcome;
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
        {
            await DiscardAsync(content);
            return ContentOutcome.Refused(Problems.UserNotFound);
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Ids and keys are ours alone, so what stands in the way is our own first attempt: its answer was lost, it was not.
            return await FindOwnAsync(content) ?? throw new InvalidOperationException("The id of a new image is taken by another image.", exception);
        }
        catch (Exception exception) when (!MayBeCommitted(exception))
        {
            await DiscardAsync(content);
            throw;
        }
    }

    /// <summary>Now, or by the job that does not give up when the store is too slow for it now.</summary>
    private async Task DiscardAsync(StoredContent content)
    {
        if (!await intake.DiscardAsync(content.Key))
        {
            await db.RetireAsync([content.Key], TimeSpan.Zero, CancellationToken.None);
        }
    }

    private async Task<ContentOutcome?> FindOwnAsync(StoredContent content) =>
        await db.Images.AsNoTracking().SingleOrDefaultAsync(saved => saved.StoragePath == content.Key) is { } image ? ContentOutcome.Stored(image) : null;

    private static Image New(long userId, string fileName, StoredContent content)
    {
        var image = new Image
        {
            UserId = userId,
            OriginalFilename = fileName,
            UploadDate = content.StoredAt,
            Width = 0,
            Height = 0,
            FileSize = 0,
            FileType = "",
            StoragePath = "",
            Status = ImageStatus.Pending,
            Version = 0,
        };

        Fill(image, content);
        return image;
    }

    private static void Fill(Image image, StoredContent content)
    {
        image.Version++;
        image.StoragePath = content.Key;
        image.Width = content.Image.Width;
        image.Height = content.Image.Height;
        image.FileSize = content.Length;
        image.FileType = content.Image.Type.Name;
        image.Sha256 = content.Sha256;
        image.StoredAt = content.StoredAt;
        image.MediaKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        image.Renditions = [];
        (image.Analysis, image.Phash) = (null, null);
        (image.CapturedAt, image.Camera) = (null, null);
    }

    /// <summary>
    /// Whether the commit may have gone through although it failed: the answer was lost, not the row. Its bytes must then
    /// stay; without a row they cost room and harm nothing.
    /// </summary>
    private static bool MayBeCommitted(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.IsTransient,
        NpgsqlException or TimeoutException => true,
        _ => exception.InnerException is not null && MayBeCommitted(exception.InnerException),
    };
}
