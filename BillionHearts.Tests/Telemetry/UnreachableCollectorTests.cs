using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BillionHearts.ServiceDefaults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BillionHearts.Tests.Telemetry;

/// <summary>A service whose collector is away goes on as if there were none.</summary>
public sealed partial class UnreachableCollectorTests
{
    private static readonly ActivitySource s_source = new("BillionHearts.Tests");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("grpc", false)]
    [InlineData("grpc", true)]
    [InlineData("http/protobuf", false)]
    [InlineData("http/protobuf", true)]
    public async Task A_service_stops_in_time_and_says_nothing_of_a_collector_that_is_away(string protocol, bool hangs)
    {
        // A port that takes connections and never answers, or one that refuses them.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";

        if (!hangs)
        {
            listener.Stop();
        }

        var lines = new ConcurrentQueue<string>();
        using var host = Build(address, protocol, lines);
        await host.StartAsync(Cancel);
        await WorkAsync(host);
        var stopping = Stopwatch.StartNew();
        await host.StopAsync(Cancel);
        host.Dispose();

        Assert.InRange(stopping.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(6));
        Assert.DoesNotContain(lines, line => !line.StartsWith("Information: Microsoft.Hosting.Lifetime", StringComparison.Ordinal) && !line.Contains("worked", StringComparison.Ordinal));
    }

    /// <summary>More than the exporter holds, over several of its attempts to send.</summary>
    private static async Task WorkAsync(IHost host)
    {
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("work");

        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 2000; j++)
            {
                using var activity = s_source.StartActivity("work");
                Worked(logger);
            }

            await Task.Delay(400, Cancel);
        }
    }

    [LoggerMessage(LogLevel.Information, "worked")]
    private static partial void Worked(ILogger logger);

    private static IHost Build(string address, string protocol, ConcurrentQueue<string> lines)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(
        [
            new("OTEL_EXPORTER_OTLP_ENDPOINT", address),
            new("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            new("OTEL_BSP_SCHEDULE_DELAY", "100"),
            new("OTEL_BLRP_SCHEDULE_DELAY", "100"),
            new("OTEL_METRIC_EXPORT_INTERVAL", "100"),
        ]);
        builder.AddServiceDefaults();
        builder.Logging.AddProvider(new Lines(lines));

        return builder.Build();
    }

    private sealed class Lines(ConcurrentQueue<string> lines) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new Line(lines, categoryName);

        public void Dispose()
        {
        }
    }

    private sealed class Line(ConcurrentQueue<string> lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel}: {category}: {formatter(state, exception)}");
    }
}
