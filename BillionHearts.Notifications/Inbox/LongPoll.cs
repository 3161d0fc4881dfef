using BillionHearts.Messaging;
using BillionHearts.Notifications.Events;
using BillionHearts.Notifications.Streaming;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Notifications.Inbox;

/// <summary>Answers with the events after an id, as soon as there is one or the time is over. Woken like a stream, and counted as one.</summary>
internal sealed class LongPoll : IResult
{
    private readonly Subscription _subscription;
    private readonly InboxQuery _query;

    private LongPoll(Subscription subscription, InboxQuery query) => (_subscription, _query) = (subscription, query);

    public static async Task<IResult> BeginAsync(Subscription subscription, InboxQuery query, EventStream stream, CancellationToken cancellationToken)
    {
        try
        {
            subscription.Position = await stream.StartAsync(subscription.UserId, query.After, cancellationToken);

            return new LongPoll(subscription, query);
        }
        catch
        {
            subscription.Dispose();
            throw;
        }
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var open = _subscription;
        IResult answer;

        try
        {
            var response = await ReadAsync(httpContext);
            httpContext.Response.Headers.CacheControl = "private, no-store";
            answer = _subscription.HasEnded ? AccessProblems.InvalidToken : TypedResults.Ok(response);
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception) when (Outage.IsCauseOf(exception))
        {
            answer = Problem.DatabaseUnavailable;
        }

        await answer.ExecuteAsync(httpContext);
    }

    private async Task<InboxResponse> ReadAsync(HttpContext http)
    {
        var services = http.RequestServices;
        var (store, clock) = (services.GetRequiredService<EventStore>(), services.GetRequiredService<TimeProvider>());
        var startedAt = clock.GetTimestamp();

        while (true)
        {
            var events = await store.ReadAsync(_subscription.UserId, _subscription.Position, _query.Limit, http.RequestAborted);
            var left = _query.Wait - clock.GetElapsedTime(startedAt);

            // A signal may be about an event that was read before.
            if (events.Count > 0 || left <= TimeSpan.Zero || _subscription.HasEnded || !await WaitAsync(services, left, http.RequestAborted))
            {
                return new InboxResponse(
                    [.. events.Select(NotificationResponse.From)], await store.CountUnreadAsync(_subscription.UserId, http.RequestAborted), NextCursor: null);
            }
        }
    }

    /// <returns>False when the service stops: the client asks again, another replica if there is one.</returns>
    private async Task<bool> WaitAsync(IServiceProvider services, TimeSpan left, CancellationToken aborted)
    {
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping);

        try
        {
            await _subscription.WaitAsync(left, services.GetRequiredService<TimeProvider>(), either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return false;
        }
    }
}
