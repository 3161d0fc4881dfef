using System.Diagnostics;
using System.Text;
using System.Text.Json;
using BillionHearts.Api.Pipeline.DeadLetters;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Telemetry;
using BillionHearts.Contracts;
using BillionHearts.Messaging;
using BillionHearts.ServiceDefaults.Work;
using OpenTelemetry;
using RabbitMQ.Client.Exceptions;

namespace BillionHearts.Api.Pipeline.Outbox;

/// <summary>
/// Publishes the messages in the outbox. Rows stay locked until the broker confirms them, and are deleted in the same
/// transaction. If a relay dies, another takes its rows; messages that it had already published are then published twice.
/// </summary>
internal sealed partial class OutboxRelay(
    IServiceScopeFactory scopes, MessagePublisher publisher, ILogger<OutboxRelay> logger) : IRecurringJob
{
    private const int BatchSize = 100;

    private bool _isBrokerAway;


    public static RecurringSchedule Schedule(IServiceProvider services) =>
        new(TimeSpan.FromSeconds(1)) { FirstDelay = TimeSpan.Zero, Signal = services.GetRequiredService<OutboxSignal>() };

    public async Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        // While the broker is unavailable, one message probes for it. The others neither wait for a timeout nor count an attempt.
        var batch = await RelayAsync(_isBrokerAway ? 1 : BatchSize, cancellationToken);
        _isBrokerAway = batch.IsBrokerAway;

        // Uploads continue during an outage. If each of them woke the relay, it would only retry the unavailable broker more often.
        // A message that the broker rejected is already postponed, so it does not delay the next batch.
        return batch.IsBrokerAway ? NextRun.AfterPeriod : batch.IsFull ? NextRun.AtOnce : NextRun.WhenDue;
    }

    internal async Task<RelayedBatch> RelayAsync(int limit, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ImagesDbContext>();
        var outbox = scope.ServiceProvider.GetRequiredService<OutboxStore>();

        return await db.InTransactionAsync(
            async cancel =>
            {
                var due = await outbox.TakeDueAsync(limit, cancel);
                var sent = await Task.WhenAll(due.Select(message => PublishAsync(message, cancel)));
                await outbox.DeleteAsync([.. sent.Where(one => one.Error is null).Select(one => one.Message.Id)], cancel);

                foreach (var uploaded in sent.Where(one => one.Error is null).Select(one => one.Unannounced).OfType<ImageEvent>())
                {
                    await outbox.AddAnnouncementAsync(uploaded, DelayAfterRefusal(attempts: 0), cancel);
                }

                foreach (var failed in sent.Where(one => one.Error is not null))
                {
                    await outbox.PostponeAsync(failed.Message.Id, DelayAfter(failed), failed.Error!.Message, cancel);
                }

                return new RelayedBatch(sent.Length, sent.Any(one => one.IsBrokerAway), IsFull: sent.Length == limit);
            },
            cancellationToken);
    }

    private async Task<Sent> PublishAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        using var unsuppressed = SuppressInstrumentationScope.Begin(false);
        using var activity = ApiTraces.StartPublish(message.Traceparent);

        try
        {
            var announced = AnnounceAsync(message, cancellationToken);
            await publisher.PublishAsync(
                message.RoutingKey,
                message.AmqpMessageId ?? message.MessageId.ToString("D"),
                message.Headers is null ? null : DeadLetterHeaders.Parse(message.Headers),
                message.Body ?? Encoding.UTF8.GetBytes(message.Payload),
                cancellationToken);
            return new Sent(message, null, await announced);
        }
        catch (MessageNotConfirmedException exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            Log.NotConfirmed(logger, message.MessageId, message.RoutingKey, message.Attempts + 1, exception.Message);
            return new Sent(message, exception);
        }
    }

    /// <summary>Tells the owner of an image that its content arrived. From the request for its analysis, which costs an upload no second row.</summary>
    /// <returns>The event if it was not confirmed. It then waits in a row of its own: the request, which was confirmed, must not be sent again with it.</returns>
    private async Task<ImageEvent?> AnnounceAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        if (UploadedEvent.From(message) is not { } uploaded)
        {
            return null;
        }

        try
        {
            await publisher.PublishAsync(ImagesExchange.Keys.Received, uploaded.EventId, JsonSerializer.SerializeToUtf8Bytes(uploaded), cancellationToken);
            return null;
        }
        catch (MessageNotConfirmedException)
        {
            return uploaded;
        }
    }

    /// <summary>An outage is not caused by the message, so the delay does not grow: the outbox drains as soon as the broker is back.</summary>
    private static TimeSpan DelayAfter(Sent failed) => failed.IsBrokerAway
        ? TimeSpan.FromSeconds(0.5 + Random.Shared.NextDouble())
        : DelayAfterRefusal(failed.Message.Attempts);

    private static TimeSpan DelayAfterRefusal(int attempts) =>
        TimeSpan.FromSeconds(Math.Min(60, Math.Pow(2, Math.Min(attempts, 6))) * (0.5 + (Random.Shared.NextDouble() / 2)));

    private sealed record Sent(OutboxMessage Message, MessageNotConfirmedException? Error, ImageEvent? Unannounced = null)
    {
        // A PublishException means that the broker rejected this message. Any other exception means that the broker was not reached.
        public bool IsBrokerAway => Error is not null and not { InnerException: PublishException };
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Message {MessageId} ({RoutingKey}) was not confirmed on attempt {Attempt} and stays in the outbox: {Reason}")]
        public static partial void NotConfirmed(ILogger logger, Guid messageId, string routingKey, int attempt, string reason);
    }
}

internal readonly record struct RelayedBatch(int Count, bool IsBrokerAway, bool IsFull);
