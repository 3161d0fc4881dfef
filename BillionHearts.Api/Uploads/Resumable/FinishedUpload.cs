using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>A resumable upload whose last bytes have arrived.</summary>
/// <param name="ExpiresAt">How long a client can still ask what became of it.</param>
internal sealed record FinishedUpload(ResumableUpload Upload, DateTimeOffset ExpiresAt);

internal static class FinishedUploadExtensions
{
    /// <summary>Inside the commit of the image: the upload has become it, and its parts are not needed any more.</summary>
    /// <exception cref="UploadMovedException">The upload has moved or ended meanwhile, so there must be no image.</exception>
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

/// <summary>Rolls back the commit of an image whose upload has changed meanwhile: there is no other way to end a transaction from inside.</summary>
internal sealed class UploadMovedException() : Exception("The resumable upload has moved or ended meanwhile.");
