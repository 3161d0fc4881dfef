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
using BillionHearts.Api.Uploads.Resumable;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Api.Uploads.Commit;

/// <summary>
/// Makes stored bytes the content of an image. One commit has the image, the work for analysis, the answer for a repeated request, the
/// owner's usage, and the removal of the replaced blobs. Keeps the staged bytes if an image references them, or may.
/// </summary>
/// <remarks>Not cancelled when the client disconnects: the upload is complete, and the outcome of an interrupted commit is unknown.</remarks>
internal sealed class ContentCommits(ImagesDbContext db, AnalysisDispatch dispatch, OutboxSignal signal, RetiredAddressSignal retired, UserQuota quota)
{
    /// <summary>Adds a new image.</summary>
    /// <param name="finished">The resumable upload that becomes the image.</param>
    public Task<Outcome<UploadAnswer>> AddAsync(
        long userId, string fileName, StagedBlob staged, KeyedRequest? keyed, FinishedUpload? finished = null)
    {
        var image = ImageContent.NewImage(userId, fileName, staged.Content);

        return CommitAsync(staged, keyed, async cancel =>
        {
            // The id comes from a block that this process has reserved, so it is known before anything is written.
            await db.Images.AddAsync(image, cancel);
            if (!await SaveWithWorkAsync(image, keyed, cancel))
            {
                return CommitStep.AlreadyAnswered;
            }

            if (finished is not null)
            {
                await db.FinishAsync(finished, image, cancel);
            }

            return CommitStep.From(image, await quota.ChangeAsync(userId, images: 1, staged.Content.Length, cancel));
        });
    }

    /// <summary>Adds the first content of an announced image, or a new version of an image that has content.</summary>
    /// <param name="check">Checks the image while it is locked. If it returns an outcome, that is the answer and nothing is changed.</param>
    public async Task<Outcome<UploadAnswer>> ReplaceAsync(long imageId, StagedBlob staged, KeyedRequest? keyed, Func<Image, Outcome<UploadAnswer>?> check)
    {
        var outcome = await CommitAsync(staged, keyed, async cancel =>
        {
            if (await db.LockImageAsync(imageId, cancel) is not { } image)
            {
                return CommitStep.Ended(Problems.ImageNotFound);
            }

            if (image.StoragePath == staged.Content.Key)
            {
                return CommitStep.From(image, refusal: null);
            }

            if (keyed is not null && await db.HasAnswerAsync(keyed.Request.UserId, keyed.Request.Key, cancel))
            {
                return CommitStep.AlreadyAnswered;
            }

            if (check(image) is { } answer)
            {
                return CommitStep.Ended(answer);
            }

            return await ReplaceAsync(image, staged.Content, keyed, cancel);
        });
        retired.Set();

        return outcome;
    }

    private async Task<CommitStep> ReplaceAsync(Image image, StoredContent content, KeyedRequest? keyed, CancellationToken cancellationToken)
    {
        var replaced = ReplacedContent.From(image);
        ImageContent.Replace(image, content);

        if (!await SaveWithWorkAsync(image, keyed, cancellationToken))
        {
            return CommitStep.AlreadyAnswered;
        }

        await replaced.RetireAsync(db, cancellationToken);

        return CommitStep.From(
            image, await quota.ChangeAsync(image.UserId, replaced.Images is 0 ? 1 : 0, content.Length - replaced.Bytes, cancellationToken));
    }

    /// <returns>False if the request's key already has an answer.</returns>
    private async Task<bool> SaveWithWorkAsync(Image image, KeyedRequest? keyed, CancellationToken cancellationToken)
    {
        var work = OutboxMessage.From(dispatch.Begin(image) with { IsNewContent = true });
        if (keyed is not null && !await keyed.TryKeepAsync(db, image, cancellationToken))
        {
            return false;
        }

        db.Outbox.Add(work);
        await db.SaveChangesAsync(cancellationToken);

        return true;
    }

    private async Task<Outcome<UploadAnswer>> CommitAsync(StagedBlob staged, KeyedRequest? keyed, Func<CancellationToken, Task<CommitStep>> work)
    {
        using var span = ApiTraces.StartCommit("image");

        try
        {
            var step = await db.InTransactionAsync(work, commits: step => step.Image is not null, CancellationToken.None);
            signal.Set();

            return step.Image is { } image ? KeepFor(image, staged)
                : step.Answer ?? await FindOwnAsync(staged) ?? await db.ReplayAsync(keyed!.Request, CancellationToken.None) ?? Problems.Busy;
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
        {
            return Problems.UserNotFound;
        }
        catch (DbUpdateException exception) when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Ids and keys are generated here, so the conflicting row is from our own first attempt, whose answer was lost.
            return await FindOwnAsync(staged) ?? throw new InvalidOperationException("The id of a new image is already used by another image.", exception);
        }
        catch (Exception exception) when (MayBeCommitted(exception))
        {
            // If the row exists, it needs its bytes. If not, they use space until the search for orphans finds them.
            staged.Keep();
            throw;
        }
    }

    private async Task<Outcome<UploadAnswer>?> FindOwnAsync(StagedBlob staged) =>
        await db.Images.AsNoTracking().SingleOrDefaultAsync(saved => saved.StoragePath == staged.Content.Key) is { } image
            ? KeepFor(image, staged)
            : (Outcome<UploadAnswer>?)null;

    private static Outcome<UploadAnswer> KeepFor(Image image, StagedBlob staged)
    {
        staged.Keep();

        return new UploadAnswer.Stored(image);
    }

    /// <summary>Whether the commit may have succeeded although it failed here: only the database's answer was lost.</summary>
    private static bool MayBeCommitted(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.IsTransient,
        NpgsqlException or TimeoutException => true,
        _ => exception.InnerException is not null && MayBeCommitted(exception.InnerException),
    };

    /// <summary>The result of one attempt at the transaction. It is committed only if there is an image.</summary>
    private sealed record CommitStep(Image? Image, Outcome<UploadAnswer>? Answer)
    {
        /// <summary>The request's key already has an answer, which must be repeated.</summary>
        public static readonly CommitStep AlreadyAnswered = new(null, null);

        public static CommitStep From(Image image, Problem? refusal) => refusal is null ? new CommitStep(image, null) : Ended(refusal);

        public static CommitStep Ended(Outcome<UploadAnswer> answer) => new(null, answer);
    }
}
