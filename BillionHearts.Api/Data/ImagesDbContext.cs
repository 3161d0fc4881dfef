using BillionHearts.Api.Audit;
using BillionHearts.Api.Idempotency;
using BillionHearts.Api.Images;
using BillionHearts.Api.Keys;
using BillionHearts.Api.Media;
using BillionHearts.Api.Outbox;
using BillionHearts.Api.Receipts;
using BillionHearts.Api.Removal;
using BillionHearts.Api.Renditions;
using BillionHearts.Api.Results;
using BillionHearts.Api.Resumable;
using BillionHearts.Api.Shares;
using BillionHearts.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Data;

/// <summary><c>imagesdb</c>. Images that were deleted are not seen through <see cref="Images"/> unless the query filter is lifted.</summary>
internal sealed class ImagesDbContext(DbContextOptions<ImagesDbContext> options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();

    public DbSet<Image> Images => Set<Image>();

    public DbSet<RetiredMediaKey> RetiredMediaKeys => Set<RetiredMediaKey>();

    public DbSet<MediaRendition> MediaRenditions => Set<MediaRendition>();

    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    public DbSet<InboxMessage> Inbox => Set<InboxMessage>();

    public DbSet<AnalysisAttempt> AnalysisAttempts => Set<AnalysisAttempt>();

    public DbSet<IdempotencyRecord> IdempotencyRecords => Set<IdempotencyRecord>();

    public DbSet<ResumableUpload> ResumableUploads => Set<ResumableUpload>();

    public DbSet<ResumableUploadPart> ResumableUploadParts => Set<ResumableUploadPart>();

    public DbSet<RetiredBlob> RetiredBlobs => Set<RetiredBlob>();

    public DbSet<ReceiptKey> ReceiptKeys => Set<ReceiptKey>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<Share> Shares => Set<Share>();

    public DbSet<AuditEvent> AuditEvents => Set<AuditEvent>();

    /// <summary>Runs the work in one transaction, and all of it again when the database fails for a passing reason.</summary>
    public Task<T> InTransactionAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        InTransactionAsync(work, static _ => true, cancellationToken);

    /// <inheritdoc cref="InTransactionAsync{T}(Func{CancellationToken, Task{T}}, CancellationToken)"/>
    /// <param name="commits">Whether what the work came to is to stay. Of what it wrote nothing does otherwise.</param>
    public Task<T> InTransactionAsync<T>(Func<CancellationToken, Task<T>> work, Func<T, bool> commits, CancellationToken cancellationToken) =>
        Database.CreateExecutionStrategy().ExecuteAsync(
            work,
            async (attempt, cancel) =>
            {
                ChangeTracker.Clear();

                // What fails is done again from the start, so nobody returns to a savepoint; each costs two round trips.
                Database.AutoSavepointsEnabled = false;
                await using var transaction = await Database.BeginTransactionAsync(cancel);
                var result = await attempt(cancel);

                if (commits(result))
                {
                    await transaction.CommitAsync(cancel);
                }

                return result;
            },
            cancellationToken);

    /// <summary>An image that stays as it is until the transaction ends: whoever changes one takes turns here.</summary>
    public Task<Image?> LockImageAsync(long id, CancellationToken cancellationToken) => Images
        .FromSql($"SELECT * FROM images WHERE id = {id} FOR UPDATE")
        .SingleOrDefaultAsync(cancellationToken);

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ImagesDbContext).Assembly);
}
