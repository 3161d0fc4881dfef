using System.Security.Cryptography;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Admission;
using BillionHearts.Api.Uploads.Idempotency;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>Begins uploads. What is known to be refused at the end is refused here, before a byte of it is sent.</summary>
internal sealed class UploadCreation(
    ImagesDbContext db, ResumableStore uploads, UserQuota quota, PieceIntake intake, IOptions<ResumableOptions> options)
{
    public async Task<IResult> CreateAsync(NewUpload request, IdempotencyKey? key, HttpResponse response, CancellationToken cancellationToken)
    {
        var (upload, _, refusal) = await AddAsync(request, key, response, cancellationToken);
        return upload is null ? refusal! : new UploadAnswer(StatusCodes.Status201Created, upload);
    }

    /// <summary>With the first bytes, which the request brings along.</summary>
    public Task<IResult> CreateAsync(
        NewUpload request, IdempotencyKey? key, HttpRequest http, UploadChecksum? checksum, CancellationToken cancellationToken) =>
        intake.AdmitAsync(http, async () =>
        {
            var (upload, isNew, refusal) = await AddAsync(request, key, http.HttpContext.Response, cancellationToken);

            if (upload is null)
            {
                return refusal!;
            }

            if (isNew && await intake.ReceiveAsync(upload, http, checksum, cancellationToken) is { } refused)
            {
                // Nobody is told its address.
                await uploads.TryTerminateAsync(upload.Id, CancellationToken.None);
                return refused;
            }

            return new UploadAnswer(StatusCodes.Status201Created, upload);
        });

    /// <returns>The upload; one that is not new is that of an earlier request with the same key.</returns>
    private async Task<(ResumableUpload? Upload, bool IsNew, IResult? Refusal)> AddAsync(
        NewUpload request, IdempotencyKey? key, HttpResponse response, CancellationToken cancellationToken)
    {
        var keyed = key is null ? null : new IdempotentRequest(
            request.UserId, key, IdempotentRequest.FingerprintOf(request.UserId, request.Filename, request.Length));

        if (!await db.HasAnswerAsync(request.UserId, key, cancellationToken))
        {
            if (await JudgeAsync(request, cancellationToken) is { } refusal)
            {
                return (null, false, refusal);
            }

            var upload = New(request);

            if (await uploads.TryAddAsync(upload, keyed, cancellationToken))
            {
                return (upload, true, null);
            }
        }

        var answer = await db.ReplayAsync(keyed!, cancellationToken);

        if (answer is not ReplayedAnswer { Body: var id })
        {
            return (null, false, answer ?? Problems.Busy);
        }

        response.Headers[ReplayedAnswer.Header] = "true";
        var (earlier, ended) = await uploads.FindAsync(id, cancellationToken);
        return (earlier, false, ended);
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

    private async Task<Problem?> JudgeAsync(NewUpload request, CancellationToken cancellationToken)
    {
        if (await quota.CheckAsync(request.UserId, images: 1, request.Length, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var unfinished = await uploads.CountUnfinishedAsync(request.UserId, cancellationToken);
        return unfinished < options.Value.MaxUnfinished ? null : TusProblems.TooMany(unfinished, options.Value.MaxUnfinished);
    }
}
