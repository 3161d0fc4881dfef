using BillionHearts.Api.Pipeline.Comparisons;
using BillionHearts.Api.Pipeline.DeadLetters;
using BillionHearts.Api.Pipeline.Outbox;
using BillionHearts.Api.Pipeline.Recognition;
using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Pipeline.Reruns;
using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline;

/// <summary>The pipeline's tables.</summary>
internal static class PipelineTables
{
    extension(ImagesDbContext db)
    {
        public DbSet<OutboxMessage> Outbox => db.Set<OutboxMessage>();

        public DbSet<InboxMessage> Inbox => db.Set<InboxMessage>();

        public DbSet<AnalysisAttempt> AnalysisAttempts => db.Set<AnalysisAttempt>();

        public DbSet<ImageLook> ImageLooks => db.Set<ImageLook>();

        public DbSet<DeadLetter> DeadLetters => db.Set<DeadLetter>();

        public DbSet<Rerun> Reruns => db.Set<Rerun>();

        public DbSet<RerunImage> RerunImages => db.Set<RerunImage>();

        public DbSet<Comparison> Comparisons => db.Set<Comparison>();

        public DbSet<ComparisonImage> ComparisonImages => db.Set<ComparisonImage>();

        public DbSet<RetiredBlob> RetiredBlobs => db.Set<RetiredBlob>();

        public DbSet<RetiredMediaKey> RetiredMediaKeys => db.Set<RetiredMediaKey>();
    }
}
