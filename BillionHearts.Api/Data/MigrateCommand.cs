using BillionHearts.Api.Errors;
using BillionHearts.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Api.Data;

/// <summary>The argument <c>migrate</c>: brings the database up to date and ends. The service itself never migrates.</summary>
internal static partial class MigrateCommand
{
    public const string Name = "migrate";

    /// <summary>Any number, the same in every release: two migrations at once take turns by it.</summary>
    private const long AdvisoryLock = 0x62_68_5F_69_6D_67;

    /// <summary>A change of a table that somebody reads waits for this long and then lets others through, before the next attempt.</summary>
    private const string LockTimeout = "SET lock_timeout = '2s'";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    public static async Task<int> RunAsync(WebApplicationBuilder builder)
    {
        builder.AddServiceDefaults();
        builder.AddImagesDatabase();

        // Built and not started: nothing listens, and a signal ends it as it ends any program.
        await using var app = builder.Build();
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(MigrateCommand).FullName!);

        try
        {
            await MigrateAsync(app.Services, logger, CancellationToken.None);
            return 0;
        }
        catch (Exception exception)
        {
            Log.GivenUp(logger, exception);
            return 1;
        }
    }

    internal static async Task MigrateAsync(IServiceProvider services, ILogger logger, CancellationToken cancellationToken)
    {
        var clock = services.GetRequiredService<TimeProvider>();
        var startedAt = clock.GetTimestamp();
        var reason = "";

        while (true)
        {
            try
            {
                await using var scope = services.CreateAsyncScope();
                await MigrateOnceAsync(scope.ServiceProvider.GetRequiredService<ImagesDbContext>(), logger, cancellationToken);
                return;
            }
            catch (Exception exception) when (ProblemMiddleware.IsDatabaseUnavailable(exception) && clock.GetElapsedTime(startedAt) < s_patience)
            {
                if (reason != exception.GetBaseException().Message)
                {
                    reason = exception.GetBaseException().Message;
                    Log.Waiting(logger, s_patience.TotalSeconds, reason);
                }

                await Task.Delay(s_pause, clock, cancellationToken);
            }
        }
    }

    private static async Task MigrateOnceAsync(ImagesDbContext db, ILogger logger, CancellationToken cancellationToken)
    {
        db.Database.SetCommandTimeout(s_patience);
        await db.Database.OpenConnectionAsync(cancellationToken);

        try
        {
            // The lock is the session's: it goes with the connection, also when this process is killed.
            await db.Database.ExecuteSqlRawAsync(LockTimeout, cancellationToken);
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({AdvisoryLock})", cancellationToken);
            var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
            await db.Database.MigrateAsync(cancellationToken);
            Log.Migrated(logger, pending.Count);
        }
        finally
        {
            await CloseAsync(db);
        }
    }

    private static async Task CloseAsync(ImagesDbContext db)
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
        [LoggerMessage(LogLevel.Information, "The database is up to date; {Count} migrations were applied")]
        public static partial void Migrated(ILogger logger, int count);

        [LoggerMessage(LogLevel.Information, "The database cannot be migrated yet; waiting for at most {Seconds} s: {Reason}")]
        public static partial void Waiting(ILogger logger, double seconds, string reason);

        [LoggerMessage(LogLevel.Critical, "The database could not be migrated")]
        public static partial void GivenUp(ILogger logger, Exception exception);
    }
}
