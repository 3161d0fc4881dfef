using BillionHearts.Api.Data;
using Microsoft.EntityFrameworkCore;
using OpenTelemetry;

namespace BillionHearts.Api.Resumable;

/// <summary>Gives up uploads that nobody goes on with, and forgets those that have long ended, one way or the other.</summary>
internal sealed partial class ResumableExpiry(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ResumableExpiry> logger) : BackgroundService
{
    /// <summary>How long a client that comes back late is told what has become of its upload.</summary>
    private static readonly TimeSpan s_memory = TimeSpan.FromDays(7);

    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(1);

    private const int BatchSize = 100;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_period, clock);

        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await ExpireAsync(stoppingToken) is BatchSize || await ForgetAsync(stoppingToken) is BatchSize)
                {
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Failed(logger, exception.GetBaseException().Message);
            }
        }
    }

    /// <returns>How many uploads had expired.</returns>
    internal Task<int> ExpireAsync(CancellationToken cancellationToken) => WithDatabaseAsync(
        db => db.InTransactionAsync(
            async cancel =>
            {
                var expired = await db.Database.SqlQuery<string>(
                    $"""
                    UPDATE resumable_uploads SET refusal = {UploadEnd.Expired}
                    WHERE id IN (
                        SELECT id FROM resumable_uploads WHERE expires_at <= {clock.GetUtcNow()} AND image_id IS NULL AND refusal IS NULL
                        ORDER BY expires_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
                    RETURNING id AS "Value"
                    """).ToArrayAsync(cancel);

                await db.RetirePartsAsync(expired, cancel);
                return expired.Length;
            },
            cancellationToken));

    internal Task<int> ForgetAsync(CancellationToken cancellationToken) => WithDatabaseAsync(
        db => db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM resumable_uploads WHERE id IN (
                SELECT id FROM resumable_uploads WHERE expires_at <= {clock.GetUtcNow() - s_memory} AND (image_id IS NOT NULL OR refusal IS NOT NULL)
                LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
            """,
            cancellationToken));

    private async Task<int> WithDatabaseAsync(Func<ImagesDbContext, Task<int>> work)
    {
        using var quiet = SuppressInstrumentationScope.Begin();
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<ImagesDbContext>());
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Expired uploads could not be given up; trying again in a minute: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
