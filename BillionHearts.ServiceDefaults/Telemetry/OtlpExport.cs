using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace BillionHearts.ServiceDefaults.Telemetry;

internal static class OtlpExport
{
    /// <summary>The names of the exporter's HTTP clients.</summary>
    private static readonly string[] s_clients = ["OtlpTraceExporter", "OtlpMetricExporter", "OtlpLogExporter"];

    /// <summary>Exports to the address in <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>; without it nothing is exported.</summary>
    public static void AddOtlpExport(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        builder.Services.AddOpenTelemetry().UseOtlpExporter();

        foreach (var client in s_clients)
        {
            // Without the handlers of other clients, which would retry for half a minute and log each attempt.
            builder.Services.AddHttpClient(client).RemoveAllLoggers().ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear());
        }

        // Before all others, so that it stops after them.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService, LastExport>());
    }

    /// <summary>
    /// Sends the remaining telemetry when the service stops: all three signals at once, within a short limit. On disposal they would be sent one after the
    /// other, and a collector that hangs would delay each by five seconds.
    /// </summary>
    private sealed class LastExport(IServiceProvider services) : IHostedLifecycleService
    {
        private const int LimitMs = 2000;

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.WhenAll(
            Task.Run(() => services.GetService<TracerProvider>()?.Shutdown(LimitMs), CancellationToken.None),
            Task.Run(() => services.GetService<MeterProvider>()?.Shutdown(LimitMs), CancellationToken.None),
            Task.Run(() => services.GetService<LoggerProvider>()?.Shutdown(LimitMs), CancellationToken.None));
    }
}
