using Microsoft.AspNetCore.Http.Features;

namespace BillionHearts.Notifications.Streaming;

/// <summary>A response that ends when the client leaves or the service stops.</summary>
internal sealed class OpenedStream(Subscription subscription, EventStream stream) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var open = subscription;
        var stopping = httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);

        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";

        // Otherwise nginx would buffer events.
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        try
        {
            await stream.RunAsync(subscription, new SseWriter(response.BodyWriter), either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The response ends normally. The client reconnects with the last id it saw, to another replica if this one stops.
        }
    }
}
