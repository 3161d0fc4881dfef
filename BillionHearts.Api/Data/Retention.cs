using Microsoft.EntityFrameworkCore;
using OpenTelemetry;

namespace BillionHearts.Api.Data;

/// <summary>Forgets, in small steps, what no longer serves: rows that only say that something has happened.</summary>
internal sealed partial class Retention(IServiceScopeFactory scopes, TimeProvider clock, ILogger<Retention> logger) : BackgroundService
{
    /// <summary>Longer than any message can stay in a queue or wait to be replayed. A duplicate that comes later still is caught by the image's own state.</summary>
    private static readonly TimeSpan s_inbox = TimeSpan.FromDays(14);

    /// <summary>Media is cached for a year; after that nobody asks for a deleted image in good faith.</summary>
    private static readonly TimeSpan s_mediaKeys = TimeSpan.FromDays(400);

    /// <summary>As long as a client may send a request again under its key.</summary>
    private static readonly TimeSpan s_idempotency = TimeSpan.FromHours(24);

    private static readonly TimeSpan s_period = TimeSpan.FromHours(1);

    private const int BatchSize = 1000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var quiet = SuppressInstrumentationScope.Begin();
        using var timer = new PeriodicTimer(s_period, clock);

        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ForgetAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Failed(logger, exception.GetBaseException().Message);
            }
        }
    }

    internal async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ImagesDbContext>();

        await RepeatAsync(() => db.Database.ExecuteSqlAsync(
            $"DELETE FROM inbox WHERE request_id IN (SELECT request_id FROM inbox WHERE received_at < now() - {s_inbox} LIMIT {BatchSize})",
            cancellationToken));

        await RepeatAsync(() => db.Database.ExecuteSqlAsync(
            $"DELETE FROM retired_media_keys WHERE media_key IN (SELECT media_key FROM retired_media_keys WHERE retired_at < now() - {s_mediaKeys} LIMIT {BatchSize})",
            cancellationToken));

        await RepeatAsync(() => db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM idempotency_records WHERE (user_id, route, key) IN
                (SELECT user_id, route, key FROM idempotency_records WHERE created_at < now() - {s_idempotency} LIMIT {BatchSize})
            """,
            cancellationToken));
    }

    private static async Task RepeatAsync(Func<Task<int>> deleteBatch)
    {
        while (await deleteBatch() is BatchSize)
        {
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Old rows could not be removed; trying again in an hour: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
