using BillionHearts.Notifications.Data;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Mail;

/// <summary>
/// Sends each user at most one mail in a window. A digest is marked as sent after the mail server has accepted it: a process that is killed between the two
/// has sent it, and it is sent once more, with the same id.
/// </summary>
internal sealed partial class MailDigests(MailStore store, Letters letters, IMailSink sink, IOptions<MailOptions> options, ILogger<MailDigests> logger) : IRecurringJob
{
    private const int BatchSize = 20;

    private static readonly TimeSpan s_firstDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromHours(1);

    /// <summary>Often enough that a digest is late by a quarter of its window at most.</summary>
    public static RecurringSchedule Schedule(MailOptions options) =>
        new(TimeSpan.FromSeconds(Math.Clamp(options.Window.TotalSeconds / 4, 0.25, 15))) { FirstDelay = TimeSpan.Zero };

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        // One after the other: the lease of the last must not end while the first are being sent.
        for (var sent = 0; sent < BatchSize; sent++)
        {
            if (await store.TakeDueAsync(options.Value.Window, limit: 1, cancellationToken) is not [var due])
            {
                return NextRun.WhenDue;
            }

            await SendAsync(due, cancellationToken);
        }

        return NextRun.AtOnce;
    }

    private async Task SendAsync(MailSetting due, CancellationToken cancellationToken)
    {
        try
        {
            var counts = await store.CountAsync(due, cancellationToken);

            if (counts.Count > 0)
            {
                await sink.SendAsync(letters.Digest(due, counts), cancellationToken);
            }

            await store.SentAsync(due, options.Value.Window, cancellationToken);
        }
        catch (AddressRefusedException exception)
        {
            Log.NotSent(logger, due.Failures + 1, exception.Message);
            await store.FailedAsync(due, DelayAfter(due.Failures), isRefused: true, cancellationToken);
        }
        catch (MailUnavailableException exception)
        {
            Log.NotSent(logger, due.Failures + 1, exception.Message);
            await store.FailedAsync(due, DelayAfter(due.Failures), isRefused: false, cancellationToken);
        }
    }

    private static TimeSpan DelayAfter(int failures)
    {
        var full = s_firstDelay * Math.Pow(2, Math.Min(failures, 10));

        return (full < s_longestDelay ? full : s_longestDelay) * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A digest was not sent on attempt {Attempt}: {Reason}")]
        public static partial void NotSent(ILogger logger, int attempt, string reason);
    }
}
