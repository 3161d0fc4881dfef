using BillionHearts.Notifications.Errors;
using BillionHearts.Notifications.Events;
using BillionHearts.Notifications.Users;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;

namespace BillionHearts.Notifications.Streaming;

/// <summary>Decides whether a stream may open. Every refusal comes before the first byte.</summary>
internal sealed class StreamOpening(OpenStreams streams, EventStream stream, IOptions<EventsOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan s_reserveLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    public async Task<IResult> OpenAsync(Verdict verdict, long? lastEventId, CancellationToken cancellationToken)
    {
        var (subscription, refusal) = await SubscribeAsync(verdict, cancellationToken);

        if (subscription is null)
        {
            return refusal!;
        }

        try
        {
            subscription.Position = await stream.StartAsync(subscription.UserId, lastEventId, cancellationToken);

            return new OpenedStream(subscription, stream);
        }
        catch
        {
            subscription.Dispose();
            throw;
        }
    }

    /// <returns>A place among the open streams, or the refusal.</returns>
    public async Task<(Subscription? Subscription, Problem? Refusal)> SubscribeAsync(Verdict verdict, CancellationToken cancellationToken) =>
        streams.Count >= options.Value.MaxStreams ? (null, Problems.StreamsExhausted(options.Value.MaxStreams))
        : await ReserveAsync(verdict, cancellationToken) is { } subscription ? (subscription, null)
        : (null, Problems.TooManyStreams(options.Value.StreamsPerUser));

    /// <summary>
    /// A client that reconnects is often here before its old stream has been noticed as closed. So a refusal waits a moment, because an EventSource does not
    /// try again after one.
    /// </summary>
    private async Task<Subscription?> ReserveAsync(Verdict verdict, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; ; waited += s_pause)
        {
            var subscription = streams.TryOpen(verdict, options.Value.StreamsPerUser);

            if (subscription is not null || waited >= s_reserveLimit)
            {
                return subscription;
            }

            await Task.Delay(s_pause, clock, cancellationToken);
        }
    }
}
