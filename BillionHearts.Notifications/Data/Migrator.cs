using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Notifications.Data;

/// <summary>The command <c>migrate</c>: brings the database to this version's schema and ends. The service itself never does.</summary>
internal static partial class Migrator
{
    // Any constant will do, as long as no other migration of this database takes another.
    private const long LockKey = 0x42_48_6E_6F_74_69_66_79;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Migrator).FullName!);
        var clock = services.GetRequiredService<TimeProvider>();
        var startedAt = clock.GetTimestamp();

        while (true)
        {
            try
            {
                await MigrateAsync(services, logger, cancellationToken);

                return 0;
            }
            catch (Exception exception) when (IsPassing(exception) && clock.GetElapsedTime(startedAt) < s_patience)
            {
                Log.Waiting(logger, exception.GetBaseException().Message);
                await Task.Delay(s_pause, clock, cancellationToken);
            }
            catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException or TimeoutException)
            {
                Log.Failed(logger, exception);

                return 1;
            }
        }
    }

    private static async Task MigrateAsync(IServiceProvider services, ILogger logger, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<NotificationsDbContext>().Database;
        await database.OpenConnectionAsync(cancellationToken);

        // A second migration waits for the first; neither waits long for a table that requests are using.
        await database.ExecuteSqlAsync($"SET lock_timeout = '4s'", cancellationToken);
        await database.ExecuteSqlAsync($"SELECT pg_advisory_lock({LockKey})", cancellationToken);

        var pending = (await database.GetPendingMigrationsAsync(cancellationToken)).Count();
        await database.MigrateAsync(cancellationToken);
        await database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({LockKey})", cancellationToken);
        Log.Migrated(logger, pending);
    }

    /// <summary>The server is still starting, the database is about to be made, or a lock is held.</summary>
    private static bool IsPassing(Exception exception) => exception is
        NpgsqlException { IsTransient: true } or TimeoutException
        or PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.LockNotAvailable }
        or InvalidOperationException { InnerException: NpgsqlException { IsTransient: true } };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Applied {Count} migrations")]
        public static partial void Migrated(ILogger logger, int count);

        [LoggerMessage(LogLevel.Warning, "Cannot migrate yet: {Reason}")]
        public static partial void Waiting(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Critical, "The database could not be migrated")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
