using BillionHearts.Api.Images.Addresses;
using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Idempotency;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>
/// The rows of uploads. Every change checks in the same statement that the upload is still at the offset that the request expects. So
/// two requests, even on two replicas, take turns without a lock that a crashed replica could leave behind.
/// </summary>
internal sealed class ResumableStore(ImagesDbContext db, TimeProvider clock, IOptions<ResumableOptions> options)
{
    private readonly ResumableOptions _options = options.Value;

    /// <returns>The upload, or why it accepts no more bytes.</returns>
    public async Task<Outcome<ResumableUpload>> FindAsync(string id, CancellationToken cancellationToken)
    {
        var upload = MediaUrls.IsKey(id)
            ? await db.ResumableUploads.AsNoTracking().SingleOrDefaultAsync(upload => upload.Id == id, cancellationToken)
            : null;

        return TusProblems.CheckOpen(upload, clock.GetUtcNow()) is { } ended ? ended : upload!;
    }

    /// <summary>Explains why a change failed: the current state of an upload that has changed since it was read.</summary>
    public async Task<Problem> ExplainAsync(ResumableUpload outdated)
    {
        return (await FindAsync(outdated.Id, CancellationToken.None)).TryGet(out var current, out var ended)
            ? TusProblems.OffsetMismatch(current.Offset, outdated.Offset)
            : ended;
    }

    public Task<List<ResumableUploadPart>> PartsAsync(string id, CancellationToken cancellationToken) =>
        db.ResumableUploadParts.AsNoTracking().Where(part => part.UploadId == id).OrderBy(part => part.Start).ToListAsync(cancellationToken);

    public Task<int> CountUnfinishedAsync(long userId, CancellationToken cancellationToken) => db.ResumableUploads.CountAsync(
        upload => upload.UserId == userId && upload.ImageId == null && upload.Refusal == null, cancellationToken);

    public DateTimeOffset NextExpiry() => clock.GetMicroseconds() + _options.Lifetime;

    /// <returns>False if the request's key already has an answer.</returns>
    public Task<bool> TryAddAsync(ResumableUpload upload, IdempotentRequest? keyed, CancellationToken cancellationToken) => db.InTransactionAsync(
        async cancel =>
        {
            if (keyed is not null && !await db.TryKeepAnswerAsync(keyed, StatusCodes.Status201Created, upload.Id, cancel))
            {
                return false;
            }

            // Nothing else uses this id: an existing row is from our own first attempt.
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO resumable_uploads (id, user_id, original_filename, metadata, length, upload_offset, expires_at)
                VALUES ({upload.Id}, {upload.UserId}, {upload.OriginalFilename}, {upload.Metadata}, {upload.Length}, 0, {upload.ExpiresAt})
                ON CONFLICT DO NOTHING
                """,
                cancel);
            return true;
        },
        cancellationToken);

    /// <summary>Records consecutive parts of the upload and moves its offset to their end.</summary>
    /// <remarks>If this throws, the parts may be recorded, and their blobs must stay.</remarks>
    /// <returns>False if the upload has changed or ended meanwhile: the parts are then not recorded.</returns>
    public async Task<bool> TryAdvanceAsync(ResumableUpload upload, IReadOnlyList<ResumableUploadPart> parts)
    {
        var (end, expiresAt) = (parts[^1].Start + parts[^1].Length, NextExpiry());
        string[] keys = [.. parts.Select(part => part.BlobKey)];
        long[] starts = [.. parts.Select(part => part.Start)];
        long[] lengths = [.. parts.Select(part => part.Length)];

        var recorded = await db.InTransactionAsync(
            cancel => db.Database.ExecuteSqlAsync(
                $"""
                WITH moved AS (
                    UPDATE resumable_uploads SET upload_offset = {end}, expires_at = {expiresAt}
                    WHERE id = {upload.Id}::bpchar AND upload_offset = {parts[0].Start} AND image_id IS NULL AND refusal IS NULL
                    RETURNING id)
                INSERT INTO resumable_upload_parts (upload_id, start, length, blob_key)
                SELECT moved.id, part.start, part.length, part.blob_key
                FROM moved, unnest({starts}, {lengths}, {keys}) AS part (start, length, blob_key)
                """,
                cancel),
            CancellationToken.None);

        // No row was added: either another request was first, or our own first attempt was and its answer was lost.
        if (recorded is 0 && !await db.ResumableUploadParts.AnyAsync(part => part.BlobKey == keys[0]))
        {
            return false;
        }

        (upload.Offset, upload.ExpiresAt) = (end, expiresAt);
        return true;
    }

    /// <summary>Retires the blobs of parts that no row records; the removal job deletes them.</summary>
    public Task RetireAsync(IReadOnlyCollection<ResumableUploadPart> unrecorded) => unrecorded.Count is 0
        ? Task.CompletedTask
        : db.RetireAsync([.. unrecorded.Select(part => part.BlobKey)], TimeSpan.Zero, CancellationToken.None);

    /// <summary>Ends the upload because its content is refused.</summary>
    /// <returns>False if it has changed or ended meanwhile.</returns>
    public Task<bool> TryRefuseAsync(ResumableUpload upload, string problem) => TryEndAsync(
        upload.Id,
        cancel => db.Database.ExecuteSqlAsync(
            $"""
            UPDATE resumable_uploads SET refusal = {problem}
            WHERE id = {upload.Id}::bpchar AND upload_offset = {upload.Offset} AND image_id IS NULL AND refusal IS NULL
            """,
            cancel),
        CancellationToken.None);

    /// <summary>Ends the upload at the client's request. If it has become an image, the image stays.</summary>
    /// <returns>False if it has already ended.</returns>
    public Task<bool> TryTerminateAsync(string id, CancellationToken cancellationToken) => TryEndAsync(
        id,
        cancel => db.Database.ExecuteSqlAsync(
            $"UPDATE resumable_uploads SET refusal = {UploadEnd.Terminated} WHERE id = {id}::bpchar AND refusal IS NULL", cancel),
        cancellationToken);

    private Task<bool> TryEndAsync(string id, Func<CancellationToken, Task<int>> end, CancellationToken cancellationToken) => db.InTransactionAsync(
        async cancel =>
        {
            if (await end(cancel) is 0)
            {
                return false;
            }

            // A separate statement, so that it sees a part that was added while the statement before waited for the row.
            await db.RetirePartsAsync([id], cancel);
            return true;
        },
        cancellationToken);
}
