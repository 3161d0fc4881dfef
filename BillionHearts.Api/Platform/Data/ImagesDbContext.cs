using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Platform.Data;

/// <summary>
/// <c>imagesdb</c>. It contains the images, which every room uses; each room adds its own tables in a file such as <c>AccountsTables.cs</c>.
/// Queries do not see deleted images unless they ignore the query filter.
/// </summary>
internal sealed class ImagesDbContext(DbContextOptions<ImagesDbContext> options) : DbContext(options)
{
    public DbSet<Image> Images => Set<Image>();

    /// <summary>Runs the work in one transaction, and all of it again after a transient error.</summary>
    public Task<T> InTransactionAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        InTransactionAsync(work, static _ => true, cancellationToken);

    /// <inheritdoc cref="InTransactionAsync{T}(Func{CancellationToken, Task{T}}, CancellationToken)"/>
    /// <param name="commits">Whether to commit, given the result of the work. Otherwise everything that it wrote is rolled back.</param>
    public Task<T> InTransactionAsync<T>(Func<CancellationToken, Task<T>> work, Func<T, bool> commits, CancellationToken cancellationToken) =>
        Database.CreateExecutionStrategy().ExecuteAsync(
            work,
            async (attempt, cancel) =>
            {
                ChangeTracker.Clear();

                // Failed work restarts from the beginning, so savepoints are not needed; each costs two round trips.
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

    /// <summary>Reads an image and locks its row until the transaction ends, so that changes of one image do not overlap.</summary>
    public Task<Image?> LockImageAsync(long id, CancellationToken cancellationToken) => Images
        .FromSql($"SELECT * FROM images WHERE id = {id} FOR UPDATE")
        .SingleOrDefaultAsync(cancellationToken);

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ImagesDbContext).Assembly);
}
