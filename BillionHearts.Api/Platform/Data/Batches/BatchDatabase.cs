using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Api.Platform.Data.Batches;

/// <summary>Connections for the statements of the batches: few, because each serves many requests at once.</summary>
internal sealed class BatchDatabase(IServiceScopeFactory scopes) : IAsyncDisposable
{
    private const int MaxConnections = 4;

    private const int MaxPrepared = 20;

    private const int MaxAttempts = 3;

    private static readonly TimeSpan s_retryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Lazy<NpgsqlDataSource> _source = new(() => Open(scopes));

    /// <summary>Runs the statement, and again when the database fails for a passing reason.</summary>
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
            // Single statements leave nothing behind in a session; clearing it each time would cost more than they do.
            NoResetOnClose = true,
            // The same few statements, all by key, again and again: planned once for each connection. Left to choose, PostgreSQL plans a
            // statement with an array anew each time, because it cannot know how short the array is, and takes longer for that than for the rows.
            MaxAutoPrepare = MaxPrepared,
        };
        settings.Options = $"{settings.Options} -c plan_cache_mode=force_generic_plan".TrimStart();

        return NpgsqlDataSource.Create(settings.ConnectionString);
    }
}
