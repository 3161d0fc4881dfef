using Microsoft.AspNetCore.Http.Features;

namespace BillionHearts.Notifications.Streaming;

/// <summary>An answer that does not end before its client leaves or the service stops.</summary>
internal sealed class OpenedStream(Subscription subscription, EventStream stream) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var opened = subscription;
        var stopping = httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);

        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";

        // nginx would otherwise collect events until its buffer is full.
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        try
        {
            await stream.RunAsync(subscription, new SseWriter(response.BodyWriter), either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // An orderly end of the answer: the client comes back, elsewhere if this replica stops, with the last id it saw.
        }
    }
}
