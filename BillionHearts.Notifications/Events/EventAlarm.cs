using System.Globalization;
using BillionHearts.Notifications.Data;
using BillionHearts.Notifications.Streaming;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Notifications.Events;

/// <summary>
/// Wakes this replica's streams when any replica has stored an event: PostgreSQL passes the user's id on. Only a hint, because a pooler or a broken
/// connection loses it; <see cref="StreamPoller"/> finds what was lost. A run ends with its connection.
/// </summary>
internal sealed class EventAlarm(NotificationsDbContext db, OpenStreams streams) : IRecurringJob
{
    public const string Channel = "user_events";

    public static readonly RecurringSchedule Schedule = new(TimeSpan.FromSeconds(1)) { FirstDelay = TimeSpan.Zero };

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        // Outside of the pool: it is open for as long as the service runs.
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(db.Database.GetConnectionString()) { Pooling = false }.ConnectionString);
        connection.Notification += (_, notification) => Signal(notification.Payload);
        await connection.OpenAsync(cancellationToken);
        await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }

        while (true)
        {
            await connection.WaitAsync(cancellationToken);
        }
    }

    private void Signal(string payload)
    {
        if (long.TryParse(payload, NumberStyles.None, CultureInfo.InvariantCulture, out var userId))
        {
            streams.Signal(userId);
        }
    }
}
