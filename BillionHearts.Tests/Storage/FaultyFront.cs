using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BillionHearts.Tests.Storage;

/// <summary>A proxy in front of the real store that makes requests fail, as a network or an overloaded server does.</summary>
internal sealed class FaultyFront : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly HttpClient _store;
    private int _faults;
    private int _passes;
    private int _requests;

    private FaultyFront(Uri store)
    {
        _store = new HttpClient { BaseAddress = store };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    public Fault Fault { get; set; }

    /// <summary>How many requests are still to be spoiled; the ones after pass through.</summary>
    public int Faults
    {
        get => _faults;
        set => _faults = value;
    }

    /// <summary>How many requests pass before the first is spoiled.</summary>
    public int Passes
    {
        get => _passes;
        set => _passes = value;
    }

    /// <summary>Which requests may be spoiled, by their path; all of them when not set.</summary>
    public Func<string, bool> Spoils { get; set; } = _ => true;

    /// <summary>Requests that came, spoiled or not.</summary>
    public int Requests => _requests;

    public string ConnectionString { get; private set; } = "";

    public Uri Address => new(_server.Urls.Single());

    public static async Task<FaultyFront> StartAsync(string storeConnectionString, CancellationToken cancellationToken)
    {
        var parts = storeConnectionString.Split(';', StringSplitOptions.RemoveEmptyEntries);
        var endpoint = new Uri(parts.Single(part => part.StartsWith("BlobEndpoint=", StringComparison.Ordinal))["BlobEndpoint=".Length..]);
        var front = await StartAsync(new Uri(endpoint.GetLeftPart(UriPartial.Authority)), cancellationToken);
        front.ConnectionString = storeConnectionString.Replace(
            endpoint.GetLeftPart(UriPartial.Authority), front._server.Urls.Single(), StringComparison.Ordinal);
        return front;
    }

    public static async Task<FaultyFront> StartAsync(Uri store, CancellationToken cancellationToken)
    {
        var front = new FaultyFront(store);
        await front._server.StartAsync(cancellationToken);
        return front;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        var fault = Spoils(context.Request.Path) && Interlocked.Decrement(ref _passes) < 0 && Interlocked.Decrement(ref _faults) >= 0 ? Fault : Fault.None;

        switch (fault)
        {
            case Fault.Answer503:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            case Fault.Answer400:
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            case Fault.NeverAnswer:
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.Path + context.Request.QueryString);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        request.Content = new ByteArrayContent(body.ToArray());
        // Signatures hold the name that the client spoke to.
        request.Headers.Host = context.Request.Host.Value;
        foreach (var (name, values) in context.Request.Headers.Where(header => header.Key is not ("Host" or "Content-Length")))
        {
            _ = request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values)
                || request.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        using var response = await _store.SendAsync(request, context.RequestAborted);

        if (fault is Fault.LoseAnswer)
        {
            context.Abort();
            return;
        }

        await ForwardAsync(response, context, half: fault is Fault.BreakBody);
    }

    private static async Task ForwardAsync(HttpResponseMessage response, HttpContext context, bool half)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => header.Key is not "Transfer-Encoding"))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        await context.Response.Body.WriteAsync(half ? bytes.AsMemory(0, bytes.Length / 2) : bytes, context.RequestAborted);
        if (half)
        {
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _store.Dispose();
    }
}

internal enum Fault
{
    None,
    Answer503,

    /// <summary>A 400 without a body, as Ceph answers when it refused the request before without reading all of it.</summary>
    Answer400,
    NeverAnswer,

    /// <summary>The store does what was asked, and the connection breaks before it can say so.</summary>
    LoseAnswer,

    /// <summary>The connection breaks half way through the answer.</summary>
    BreakBody,
}
