using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Api.Platform.Data.Batches;

/// <summary>Connections for batched statements. A few are enough, because each serves many requests at once.</summary>
internal sealed class BatchDatabase(IServiceScopeFactory scopes) : IAsyncDisposable
{
    private const int MaxConnections = 4;

    private const int MaxPrepared = 20;

    private const int MaxAttempts = 3;

    private static readonly TimeSpan s_retryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Lazy<NpgsqlDataSource> _source = new(() => Open(scopes));

    /// <summary>Runs the statement, and retries it after a transient error.</summary>
    public async Task<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> statement, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await _source.Value.OpenConnectionAsync(cancellationToken);
                return await statement(connection, cancellationToken);
            }
            catch (NpgsqlException exception) when (exception.IsTransient && attempt < MaxAttempts)
            {
                await Task.Delay(s_retryDelay, cancellationToken);
            }
        }
    }

    public ValueTask DisposeAsync() => _source.IsValueCreated ? _source.Value.DisposeAsync() : ValueTask.CompletedTask;

    private static NpgsqlDataSource Open(IServiceScopeFactory scopes)
    {
        using var scope = scopes.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<ImagesDbContext>();
        var settings = new NpgsqlConnectionStringBuilder(context.Database.GetConnectionString())
        {
            MaxPoolSize = MaxConnections,
            // Single statements leave no state in a session; a reset after each would cost more than the statement.
            NoResetOnClose = true,
            // The same few statements, all by key, are planned once for each connection. By default PostgreSQL plans a statement with an array
            // again each time, because it cannot know how short the array is, and that takes longer than reading the rows.
            MaxAutoPrepare = MaxPrepared,
        };
        settings.Options = $"{settings.Options} -c plan_cache_mode=force_generic_plan".TrimStart();

        return NpgsqlDataSource.Create(settings.ConnectionString);
    }
}
