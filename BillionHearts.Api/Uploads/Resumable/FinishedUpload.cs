using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>A resumable upload whose last bytes have arrived.</summary>
/// <param name="ExpiresAt">Until then a client can query the result.</param>
internal sealed record FinishedUpload(ResumableUpload Upload, DateTimeOffset ExpiresAt);

internal static class FinishedUploadExtensions
{
    /// <summary>Runs inside the commit of the image: marks the upload as finished and retires its parts, which are no longer needed.</summary>
    /// <exception cref="UploadMovedException">The upload has changed or ended meanwhile, so the image must not be committed.</exception>
    public static async Task FinishAsync(this ImagesDbContext db, FinishedUpload finished, Image image, CancellationToken cancellationToken)
    {
        var upload = finished.Upload;
        var rows = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE resumable_uploads SET upload_offset = length, image_id = {image.Id}, expires_at = {finished.ExpiresAt}
            WHERE id = {upload.Id}::bpchar AND upload_offset = {upload.Offset} AND image_id IS NULL AND refusal IS NULL
            """,
            cancellationToken);

        if (rows is 0)
        {
            throw new UploadMovedException();
        }

        await db.RetirePartsAsync([upload.Id], cancellationToken);
    }
}

/// <summary>Rolls back the commit of an image whose upload has changed meanwhile; code inside a transaction has no other way to end it.</summary>
internal sealed class UploadMovedException() : Exception("The resumable upload has changed or ended meanwhile.");
