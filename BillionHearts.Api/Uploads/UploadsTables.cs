using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Uploads.Idempotency;
using BillionHearts.Api.Uploads.Receipts;
using BillionHearts.Api.Uploads.Resumable;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Uploads;

/// <summary>The tables of this room.</summary>
internal static class UploadsTables
{
    extension(ImagesDbContext db)
    {
        public DbSet<IdempotencyRecord> IdempotencyRecords => db.Set<IdempotencyRecord>();

        public DbSet<ResumableUpload> ResumableUploads => db.Set<ResumableUpload>();

        public DbSet<ResumableUploadPart> ResumableUploadParts => db.Set<ResumableUploadPart>();

        public DbSet<ReceiptKey> ReceiptKeys => db.Set<ReceiptKey>();
    }
}
