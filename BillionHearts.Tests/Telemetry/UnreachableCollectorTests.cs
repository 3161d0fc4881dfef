using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Net;
using System.Net.Sockets;
using BillionHearts.ServiceDefaults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BillionHearts.Tests.Telemetry;

/// <summary>A service works the same when its collector cannot be reached.</summary>
public sealed partial class UnreachableCollectorTests
{
    private static readonly ActivitySource s_source = new("BillionHearts.Tests");

    /// <summary>The last export is given 2 s; one after the other, the three signals would take 15 s.</summary>
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(12);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("grpc", false)]
    [InlineData("grpc", true)]
    [InlineData("http/protobuf", false)]
    [InlineData("http/protobuf", true)]
    public async Task A_service_stops_in_time_and_logs_nothing_about_an_unreachable_collector(string protocol, bool hangs)
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
        using var failures = new ExportFailures(address);
        using var host = Build(address, protocol, lines);
        await host.StartAsync(Cancel);
        await WorkAsync(host, () => hangs ? listener.Pending() : failures.HaveComeAnew());

        await StopAsync(host).WaitAsync(s_stopLimit, Cancel);

        Assert.DoesNotContain(lines, line => !line.StartsWith("Information: Microsoft.Hosting.Lifetime", StringComparison.Ordinal) && !line.Contains("worked", StringComparison.Ordinal));
    }

    /// <summary>More than the exporter holds, over several of its attempts to send.</summary>
    /// <param name="wasTried">Whether the exporter has tried to send since this was asked last.</param>
    private static async Task WorkAsync(IHost host, Func<bool> wasTried)
    {
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("work");

        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 2000; j++)
            {
                using var activity = s_source.StartActivity("work");
                Worked(logger);
            }

            await Eventually.TrueAsync(wasTried, TimeSpan.FromSeconds(30), Cancel);
        }
    }

    private static async Task StopAsync(IHost host)
    {
        await host.StopAsync(Cancel);
        host.Dispose();
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

    /// <summary>Counts failed exports to one address, from the exporter's own event source.</summary>
    private sealed class ExportFailures(string address) : EventListener
    {
        private int _count;
        private int _seen;

        public bool HaveComeAnew()
        {
            var count = Volatile.Read(ref _count);
            var isNew = count > _seen;
            _seen = count;
            return isNew;
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name is "OpenTelemetry-Exporter-OpenTelemetryProtocol")
            {
                EnableEvents(eventSource, EventLevel.Warning);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            // Null while the base class's constructor runs.
            if (address is not null && eventData.Payload?.Any(value => $"{value}".Contains(address, StringComparison.Ordinal)) is true)
            {
                Interlocked.Increment(ref _count);
            }
        }
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
