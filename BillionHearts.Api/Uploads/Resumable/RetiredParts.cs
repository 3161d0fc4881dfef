using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Uploads.Resumable;

internal static class RetiredParts
{
    /// <summary>Deletes the parts of the uploads and retires their blobs. Runs in the caller's transaction.</summary>
    public static async Task RetirePartsAsync(this ImagesDbContext db, string[] uploads, CancellationToken cancellationToken)
    {
        var keys = await db.Database
            .SqlQuery<string>($"DELETE FROM resumable_upload_parts WHERE upload_id = ANY ({uploads}::bpchar[]) RETURNING blob_key AS \"Value\"")
            .ToArrayAsync(cancellationToken);

        if (keys.Length > 0)
        {
            await db.RetireAsync(keys, RetiredBlobs.Grace, cancellationToken);
        }
    }
}
