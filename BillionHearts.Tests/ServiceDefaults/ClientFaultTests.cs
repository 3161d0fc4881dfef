using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using BillionHearts.ServiceDefaults;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BillionHearts.Tests.ServiceDefaults;

/// <summary>What the log has of requests that fail by their clients' fault.</summary>
public sealed class ClientFaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bad_request_is_one_line_of_the_log_and_a_problem_for_the_client()
    {
        using var log = new Lines();
        await using var service = await StartAsync(log);

        var answer = await SendAsync(service, "POST /read HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nnot a chunk\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.StartsWith("Information: POST /read was answered with 400: ", Assert.Single(log.All), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/read")]
    [InlineData("/wait")]
    [InlineData("/fail-when-left")]
    public async Task A_client_that_leaves_is_at_most_one_line_of_the_log(string path)
    {
        using var log = new Lines();
        await using var service = await StartAsync(log);

        using (var client = new TcpClient())
        {
            await ConnectAsync(client, service, $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
            await Eventually.ReadAsync(_ => Task.FromResult(log.Started), until: started => started > 0, TimeSpan.FromSeconds(30), Cancel);
            client.LingerState = new LingerOption(true, 0);
        }

        await Eventually.ReadAsync(_ => Task.FromResult(log.Ended), until: ended => ended > 0, TimeSpan.FromSeconds(30), Cancel);
        await service.StopAsync(Cancel);
        // A body that ends too early is a bad request, unless the connection's end is noticed first.
        Assert.All(log.All, line => Assert.Matches($"^Information: POST {path} was (not answered|answered with 400): [^\n]+$", line));
        Assert.InRange(log.All.Count, 0, 1);
    }

    [Fact]
    public async Task A_fault_of_the_service_is_logged_with_its_stack_trace()
    {
        using var log = new Lines();
        await using var service = await StartAsync(log);

        var answer = await SendAsync(service, "POST /fail HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 500 ", answer, StringComparison.Ordinal);
        Assert.Contains("Our own fault.", Assert.Single(log.All), StringComparison.Ordinal);
        Assert.Contains("   at ", log.All.Single(), StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync(Lines log)
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddServiceDefaults();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.UseProblemResponses();
        app.MapPost("/read", (HttpContext http) => log.WatchAsync(async () =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
        }));
        app.MapPost("/wait", (HttpContext http) => log.WatchAsync(() => Task.Delay(Timeout.Infinite, http.RequestAborted)));
        app.MapPost("/fail-when-left", (HttpContext http) => log.WatchAsync(async () =>
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new InvalidOperationException("The connection was needed.");
        }));
        app.MapPost("/fail", (HttpContext _) => log.WatchAsync(() => throw new InvalidOperationException("Our own fault.")));
        await app.StartAsync(Cancel);
        return app;
    }

    private static async Task ConnectAsync(TcpClient client, WebApplication service, string request)
    {
        var address = new Uri(service.Urls.Single());
        await client.ConnectAsync(address.Host, address.Port, Cancel);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Cancel);
    }

    private static async Task<string> SendAsync(WebApplication service, string request)
    {
        using var client = new TcpClient();
        await ConnectAsync(client, service, request);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    /// <summary>Everything from Information on that is logged while the service runs, but for the host's lines on its start and stop.</summary>
    private sealed class Lines : ILoggerProvider
    {
        private readonly ConcurrentQueue<string> _lines = new();

        private int _started;
        private int _ended;

        public ConcurrentQueue<string> All => _lines;

        public int Started => Volatile.Read(ref _started);

        public int Ended => Volatile.Read(ref _ended);

        public async Task WatchAsync(Func<Task> handle)
        {
            Interlocked.Increment(ref _started);

            try
            {
                await handle();
            }
            finally
            {
                Interlocked.Increment(ref _ended);
            }
        }

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName.StartsWith("Microsoft.Hosting", StringComparison.Ordinal) ? null : _lines);

        public void Dispose()
        {
        }

        private sealed class Logger(ConcurrentQueue<string>? lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (IsEnabled(logLevel))
                {
                    lines?.Enqueue($"{logLevel}: {formatter(state, exception)}{(exception is null ? "" : $"\n{exception}")}");
                }
            }
        }
    }
}
