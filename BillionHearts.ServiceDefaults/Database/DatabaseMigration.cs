using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BillionHearts.ServiceDefaults.Database;

/// <summary>The argument <c>migrate</c> of a service that owns a database: migrates it and ends. The service itself never migrates.</summary>
public static partial class DatabaseMigration
{
    public const string Argument = "migrate";

    /// <summary>Any number that is the same in every release: with this lock, two migrations of one database take turns.</summary>
    private const long AdvisoryLock = 0x62_68_5F_69_6D_67;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits up to a minute for a database that does not answer yet.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync<TContext>(IServiceProvider services, CancellationToken cancellationToken)
        where TContext : DbContext
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(DatabaseMigration).FullName!);
        var clock = services.GetRequiredService<TimeProvider>();
        var startedAt = clock.GetTimestamp();

        while (true)
        {
            try
            {
                await using var scope = services.CreateAsyncScope();
                await MigrateAsync(scope.ServiceProvider.GetRequiredService<TContext>(), logger, cancellationToken);
                return 0;
            }
            catch (Exception exception) when (DatabaseFaults.IsUnavailable(exception) && clock.GetElapsedTime(startedAt) < s_patience)
            {
                Log.Waiting(logger, s_patience.TotalSeconds, exception.GetBaseException().Message);
                await Task.Delay(s_pause, clock, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                Log.GivenUp(logger, exception);
                return 1;
            }
        }
    }

    private static async Task MigrateAsync(DbContext db, ILogger logger, CancellationToken cancellationToken)
    {
        // None: a statement that rewrites a large table takes as long as it takes, and so does waiting for another migration.
        db.Database.SetCommandTimeout(TimeSpan.Zero);
        await db.Database.OpenConnectionAsync(cancellationToken);

        try
        {
            // A change of a table that is being read waits this long for its lock, then lets others through before the next attempt.
            await db.Database.ExecuteSqlAsync($"SET lock_timeout = '2s'", cancellationToken);
            // The lock belongs to the session: it ends with the connection, even when this process is killed.
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({AdvisoryLock})", cancellationToken);
            var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).Count();
            await db.Database.MigrateAsync(cancellationToken);
            Log.Migrated(logger, pending);
        }
        finally
        {
            await CloseAsync(db);
        }
    }

    private static async Task CloseAsync(DbContext db)
    {
        // A pooled connection would keep the lock.
        if (db.Database.GetDbConnection() is NpgsqlConnection connection)
        {
            await db.Database.CloseConnectionAsync();
            NpgsqlConnection.ClearPool(connection);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The database is up to date; applied {Count} migrations")]
        public static partial void Migrated(ILogger logger, int count);

        [LoggerMessage(LogLevel.Information, "The database does not answer yet; trying for at most {Seconds} s: {Reason}")]
        public static partial void Waiting(ILogger logger, double seconds, string reason);

        [LoggerMessage(LogLevel.Critical, "The database could not be migrated")]
        public static partial void GivenUp(ILogger logger, Exception exception);
    }
}
