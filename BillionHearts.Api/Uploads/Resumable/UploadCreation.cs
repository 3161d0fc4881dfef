using System.Security.Cryptography;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Admission;
using BillionHearts.Api.Uploads.Idempotency;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>Creates uploads. If it is already known that the upload would be refused in the end, it is refused here, before any byte is sent.</summary>
internal sealed class UploadCreation(ImagesDbContext db, ResumableStore uploads, UserQuota quota, IOptions<ResumableOptions> options)
{
    /// <returns>The new upload, or the upload of an earlier request with the same key.</returns>
    public async Task<Outcome<CreatedUpload>> CreateAsync(NewUpload request, IdempotencyKey? key, CancellationToken cancellationToken)
    {
        var keyed = key is null ? null : new IdempotentRequest(
            request.UserId, key, IdempotentRequest.Hash(request.UserId, request.Filename, request.Length));

        if (!await db.HasAnswerAsync(request.UserId, key, cancellationToken))
        {
            if (await CheckUserAsync(request, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            var upload = New(request);
            if (await uploads.TryAddAsync(upload, keyed, cancellationToken))
            {
                return new CreatedUpload(upload, IsNew: true);
            }
        }

        return await FindEarlierAsync(keyed!, cancellationToken);
    }

    /// <summary>Ends an upload whose address was never sent to the client.</summary>
    public Task WithdrawAsync(ResumableUpload upload) => uploads.TryTerminateAsync(upload.Id, CancellationToken.None);

    private async Task<Outcome<CreatedUpload>> FindEarlierAsync(IdempotentRequest keyed, CancellationToken cancellationToken)
    {
        if (await db.ReplayAsync(keyed, cancellationToken) is not { } answer)
        {
            return Problems.Busy;
        }

        // The saved answer of a creation is the upload's id.
        if (!answer.TryGet(out var replayed, out var reused)
            || !(await uploads.FindAsync(((UploadAnswer.Replayed)replayed).Body, cancellationToken)).TryGet(out var earlier, out reused))
        {
            return reused;
        }

        return new CreatedUpload(earlier, IsNew: false);
    }

    private ResumableUpload New(NewUpload request) => new()
    {
        Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
        UserId = request.UserId,
        OriginalFilename = request.Filename,
        Metadata = request.Metadata,
        Length = request.Length,
        ExpiresAt = uploads.NextExpiry(),
    };

    private async Task<Problem?> CheckUserAsync(NewUpload request, CancellationToken cancellationToken)
    {
        if (await quota.CheckAsync(request.UserId, images: 1, request.Length, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var unfinished = await uploads.CountUnfinishedAsync(request.UserId, cancellationToken);
        return unfinished < options.Value.MaxUnfinished ? null : TusProblems.TooMany(unfinished, options.Value.MaxUnfinished);
    }
}

internal sealed record CreatedUpload(ResumableUpload Upload, bool IsNew);
