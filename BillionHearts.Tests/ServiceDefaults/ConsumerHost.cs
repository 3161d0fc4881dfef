using System.Collections.Concurrent;
using System.Diagnostics;
using BillionHearts.Messaging;
using BillionHearts.ServiceDefaults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;

namespace BillionHearts.Tests.ServiceDefaults;

/// <summary>A service that consumes one queue and records its deliveries.</summary>
internal sealed class ConsumerHost : IAsyncDisposable
{
    private readonly IHost _host;

    private ConsumerHost(IHost host) => _host = host;

    public DeliveryRecorder DeliveryRecorder => _host.Services.GetRequiredService<DeliveryRecorder>();

    public static async Task<ConsumerHost> StartAsync(
        string connectionString,
        string queue,
        Func<Delivery, CancellationToken, Task<Settlement>> handle,
        CancellationToken cancellationToken,
        ushort prefetch = 10,
        TimeProvider? clock = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:messaging", connectionString)]);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.AddServiceDefaults();
        builder.AddRabbitMQClient("messaging", settings => settings.DisableHealthChecks = true);
        builder.Services.AddSingleton(new DeliveryRecorder(handle));
        builder.Services.AddQueueConsumer<RecordingHandler>(queue, prefetch, concurrency: 1);
        var host = builder.Build();
        await host.StartAsync(cancellationToken);

        return new ConsumerHost(host);
    }

    public Task<Delivery> ReceivedAsync(int number, CancellationToken cancellationToken) => Eventually.ReadAsync(
        _ => Task.FromResult(DeliveryRecorder.Deliveries.ElementAtOrDefault(number - 1)!),
        until: delivery => delivery is not null,
        TimeSpan.FromSeconds(30),
        cancellationToken);

    /// <summary>The delivery of one message, even if the queue still has those of earlier tests.</summary>
    public Task<Delivery> ReceivedAsync(Guid message, CancellationToken cancellationToken) => Eventually.ReadAsync(
        _ => Task.FromResult(DeliveryRecorder.Deliveries.FirstOrDefault(delivery => delivery.MessageId == $"{message}")!),
        until: delivery => delivery is not null,
        TimeSpan.FromSeconds(30),
        cancellationToken);

    public async Task<HealthReportEntry> HealthAsync(CancellationToken cancellationToken)
    {
        var report = await _host.Services.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(check => check.Name.StartsWith("queue:", StringComparison.Ordinal), cancellationToken);

        return report.Entries.Values.Single();
    }

    public Task<HealthReportEntry> HealthAsync(HealthStatus expected, CancellationToken cancellationToken) =>
        Eventually.ReadAsync(HealthAsync, until: entry => entry.Status == expected, TimeSpan.FromSeconds(30), cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => _host.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}

internal sealed record Delivery(int Number, string? MessageId, long DeliveryCount, byte[] Body, ActivityTraceId? TraceId);

internal sealed class DeliveryRecorder(Func<Delivery, CancellationToken, Task<Settlement>> handle)
{
    public ConcurrentQueue<Delivery> Deliveries { get; } = new();

    public Task<Settlement> HandleAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        Deliveries.Enqueue(delivery);

        return handle(delivery, cancellationToken);
    }
}

internal sealed class RecordingHandler(DeliveryRecorder probe) : IMessageHandler
{
    public Task<Settlement> HandleAsync(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var count = properties.Headers?.TryGetValue("x-delivery-count", out var value) is true ? Convert.ToInt64(value, null) : 0;

        return probe.HandleAsync(
            new Delivery(probe.Deliveries.Count + 1, properties.MessageId, count, body.ToArray(), Activity.Current?.TraceId),
            cancellationToken);
    }
}
