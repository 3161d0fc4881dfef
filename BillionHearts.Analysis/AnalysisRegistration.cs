using BillionHearts.Analysis.Decoding;
using BillionHearts.Analysis.Recognition;
using BillionHearts.Analysis.Work;
using BillionHearts.Contracts;
using BillionHearts.Messaging;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.Extensions.Options;

namespace BillionHearts.Analysis;

internal static class AnalysisRegistration
{
    // Less than the host's own limit, which is less than the grace period of an orchestrator.
    private static readonly TimeSpan s_drainTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_shutdownTimeout = TimeSpan.FromSeconds(25);

    public static WebApplicationBuilder AddAnalysis(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<AnalysisOptions>()
            .BindConfiguration(AnalysisOptions.SectionName)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = s_shutdownTimeout);

        builder.Services.AddSingleton(_ => WorkerName.From(builder.Configuration));
        builder.Services.AddSingleton<AnalysisTelemetry>();
        builder.Services.AddSingleton<DecoderLauncher>();
        builder.Services.AddSingleton<Decoders>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Decoders>());
        builder.Services.AddSingleton<ImageFiles>();
        builder.Services.AddSingleton<Attempts>();
        builder.Services.AddSingleton<ImageAnalyzer>();
        builder.Services.AddSingleton(services => new WorkSlots(services.GetRequiredService<IOptions<AnalysisOptions>>().Value.Concurrency));
        builder.Services.AddSingleton<MemoryReturn>();
        builder.Services.AddRecurringJob<MemoryReturn>(_ => new RecurringSchedule(MemoryReturn.Period));
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(AnalysisTelemetry.Name))
            .WithMetrics(metrics => metrics.AddMeter(AnalysisTelemetry.Name));

        builder.AddConsumers();
        builder.AddRecognition(s_drainTimeout);

        return builder;
    }

    private static void AddConsumers(this WebApplicationBuilder builder)
    {
        // Read before validation and clamped: validation reports a wrong value better than the consumer would.
        var configured = builder.Configuration.GetSection(AnalysisOptions.SectionName).GetValue("Concurrency", new AnalysisOptions().Concurrency);
        var concurrency = Math.Clamp(configured, (ushort)1, (ushort)64);

        // One more than is processed: while it waits here, no back-fill image is started between two fresh ones.
        var fresh = (ushort)(concurrency + 1);

        builder.Services.AddMessagePublisher();
        builder.Services.AddQueueConsumer<AnalysisRequestHandler>(ImagesExchange.Queues.AnalysisFresh, fresh, fresh, s_drainTimeout);
        builder.Services.AddQueueConsumer<AnalysisRequestHandler>(ImagesExchange.Queues.AnalysisBackfill, concurrency, concurrency, s_drainTimeout);
        builder.Services.AddQueueConsumer<AnalysisRequestHandler>(ImagesExchange.Queues.AnalysisSlow, 1, 1, s_drainTimeout);
    }
}
