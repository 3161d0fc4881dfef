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
            answer = TypedResults.Ok(response);
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
        var store = services.GetRequiredService<EventStore>();
        var events = await store.ReadAsync(_subscription.UserId, _subscription.Position, _query.Limit, http.RequestAborted);

        if (events.Count is 0 && _query.Wait > TimeSpan.Zero)
        {
            await WaitAsync(services, http.RequestAborted);

            if (!_subscription.HasEnded)
            {
                events = await store.ReadAsync(_subscription.UserId, _subscription.Position, _query.Limit, http.RequestAborted);
            }
        }

        return new InboxResponse(
            [.. events.Select(NotificationResponse.From)], await store.CountUnreadAsync(_subscription.UserId, http.RequestAborted), NextCursor: null);
    }

    private async Task WaitAsync(IServiceProvider services, CancellationToken aborted)
    {
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping);

        try
        {
            await _subscription.WaitAsync(_query.Wait, services.GetRequiredService<TimeProvider>(), either.Token);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            // The service stops: an empty answer. The client asks again, another replica if there is one.
        }
    }
}
