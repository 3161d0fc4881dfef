using BillionHearts.Messaging;
using BillionHearts.Notifications.Errors;
using BillionHearts.Notifications.Events;
using BillionHearts.Notifications.Users;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace BillionHearts.Notifications.Streaming;

/// <summary>Decides whether a stream may open. Every refusal comes before the first byte.</summary>
internal sealed class StreamOpening(
    UserDirectory users, OpenStreams streams, EventStream stream, IOptions<EventsOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_reserveLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    public async Task<IResult> OpenAsync(long userId, StringValues authorization, long? lastEventId, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);

        try
        {
            return await users.FindRefusalAsync(userId, authorization, either.Token) ?? await SubscribeAsync(userId, lastEventId, either.Token);
        }
        catch (UsersUnavailableException)
        {
            return Problems.UsersUnavailable;
        }
        catch (Exception exception) when (Outage.IsCauseOf(exception) || limit.IsCancellationRequested)
        {
            return Problem.DatabaseUnavailable;
        }
    }

    private async Task<IResult> SubscribeAsync(long userId, long? lastEventId, CancellationToken cancellationToken)
    {
        if (await ReserveAsync(userId, cancellationToken) is not { } subscription)
        {
            return Problems.TooManyStreams(options.Value.StreamsPerUser);
        }

        try
        {
            subscription.Position = await stream.StartAsync(userId, lastEventId, cancellationToken);

            return new OpenedStream(subscription, stream);
        }
        catch
        {
            subscription.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A client that reconnects is often here before its old stream has been noticed as closed. So a refusal waits a moment, because an EventSource does not
    /// try again after one.
    /// </summary>
    private async Task<Subscription?> ReserveAsync(long userId, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; ; waited += s_pause)
        {
            var subscription = streams.TryOpen(userId, options.Value.StreamsPerUser);

            if (subscription is not null || waited >= s_reserveLimit)
            {
                return subscription;
            }

            await Task.Delay(s_pause, clock, cancellationToken);
        }
    }
}
