using BillionHearts.Api.Pipeline.Comparisons;
using BillionHearts.Api.Pipeline.DeadLetters;
using BillionHearts.Api.Pipeline.Dispatch;
using BillionHearts.Api.Pipeline.Duplicates;
using BillionHearts.Api.Pipeline.Operators;
using BillionHearts.Api.Pipeline.Outbox;
using BillionHearts.Api.Pipeline.Recognition;
using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Pipeline.Reruns;
using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Api.Pipeline.Watch;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Platform.Work;
using BillionHearts.Contracts;
using BillionHearts.Messaging;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline;

/// <summary>The background work: outgoing messages, incoming results, retries, the removal of blobs, and the operators' endpoints.</summary>
internal static class PipelineRoom
{
    /// <summary>Longer than any message can stay in a queue or wait to be replayed. The image's own state detects duplicates that arrive even later.</summary>
    private static readonly TimeSpan s_inboxRetention = TimeSpan.FromDays(14);

    /// <summary>Media is cached for a year. After that, no well-behaved client requests a deleted image.</summary>
    private static readonly TimeSpan s_retiredKeyRetention = TimeSpan.FromDays(400);

    private static readonly TimeSpan s_comparisonRetention = TimeSpan.FromDays(90);

    public static void AddPipeline(this WebApplicationBuilder builder)
    {
        // Not part of readiness: without a broker, uploads are still accepted and their messages wait in the outbox.
        builder.AddRabbitMQClient("messaging", settings => settings.DisableHealthChecks = true);

        var services = builder.Services;
        AddOutbox(services);
        AddResults(services);
        AddDuplicates(services);
        AddRecognition(services);
        AddRemoval(services);
        AddReruns(services);
        AddComparisons(services);
        AddDeadLetters(services);
        services.AddScoped<Reanalysis>();
    }

    public static void MapPipeline(this IEndpointRouteBuilder routes)
    {
        routes.MapOperators();
        routes.MapReruns();
        routes.MapComparisons();
        routes.MapDeadLetters();
    }

    private static void AddOutbox(IServiceCollection services)
    {
        services.AddMessagePublisher();
        services.AddSingleton<AnalysisDispatch>();
        services.AddSingleton<OutboxSignal>();
        services.AddScoped<OutboxStore>();
        services.AddSingleton<OutboxRelay>();
        services.AddRecurringJob<OutboxRelay>(OutboxRelay.Schedule);

        services.AddSingleton<Backlog>();
        services.AddSingleton<PipelineTelemetry>();
        services.AddRecurringJob<OutboxWatch>(_ => OutboxWatch.Schedule);
        services.AddSingleton<QueueWatch>();
        services.AddRecurringJob<QueueWatch>(_ => QueueWatch.Schedule);
    }

    private static void AddResults(IServiceCollection services)
    {
        services.AddScoped<ResultOutcomes>();
        services.AddScoped<ResultStore>();
        services.AddSingleton<AnalyzedImages>();
        services.AddOptions<WaitOptions>().BindConfiguration(WaitOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<AnalysisWaits>();
        services.AddScoped<AnalysisRate>();
        services.AddQueueConsumer<AnalysisResultHandler>(ImagesExchange.Queues.AnalysisResults, prefetch: 16, concurrency: 4);
        services.AddSingleton(new RetentionRule("inbox", (db, limit, cancel) => db.Database.ExecuteSqlAsync(
            $"DELETE FROM inbox WHERE request_id IN (SELECT request_id FROM inbox WHERE received_at < now() - {s_inboxRetention} LIMIT {limit})", cancel)));
    }

    private static void AddDuplicates(IServiceCollection services)
    {
        services.AddOptions<DuplicateOptions>().BindConfiguration(DuplicateOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddScoped<SimilarImages>();
        services.AddScoped<DuplicateAlert>();
    }

    private static void AddRecognition(IServiceCollection services)
    {
        services.AddScoped<RecognitionStore>();
        services.AddScoped<LookAlikes>();
        services.AddQueueConsumer<RecognizedHandler>(ImagesExchange.Queues.Recognized, prefetch: 4, concurrency: 1);
    }

    private static void AddReruns(IServiceCollection services)
    {
        services.AddOptions<RerunOptions>().BindConfiguration(RerunOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RecentUploads>();
        services.AddSingleton<FeedPace>();
        services.AddScoped<RerunForecasts>();
        services.AddScoped<RerunStore>();
        services.AddRecurringJob<RerunFeeder>(_ => new RecurringSchedule(RerunFeeder.Period));
    }

    private static void AddComparisons(IServiceCollection services)
    {
        // No retries: the runner asks again later. No time limit of the client, because a heavy image may take minutes; each call has its own.
        services.AddHttpClient(Trials.ClientName, client => (client.BaseAddress, client.Timeout) = (new Uri("https+http://analysis"), Timeout.InfiniteTimeSpan)).WithoutRetries();
        services.AddSingleton<Trials>();
        services.AddScoped<ComparisonStore>();
        services.AddRecurringJob<ComparisonRunner>(_ => new RecurringSchedule(ComparisonRunner.Period));
        services.AddSingleton(new RetentionRule("comparisons", (db, limit, cancel) => db.Database.ExecuteSqlAsync(
            $"DELETE FROM comparisons WHERE id IN (SELECT id FROM comparisons WHERE ended_at < now() - {s_comparisonRetention} LIMIT {limit})", cancel)));
    }

    private static void AddDeadLetters(IServiceCollection services)
    {
        services.AddScoped<DeadLetterStore>();
        services.AddScoped<DeadLetterList>();
        services.AddQueueConsumer<DeadLetterHandler>(ImagesExchange.DeadLetterQueue, prefetch: 4, concurrency: 1);
    }

    private static void AddRemoval(IServiceCollection services)
    {
        services.AddScoped<ImageDeletion>();
        services.AddSingleton<RetiredAddressSignal>();
        services.AddScoped<RemovalLeases>();
        services.AddRecurringJob<BlobRemoval>(_ => new RecurringSchedule(BlobRemoval.Period));

        services.AddOptions<MergeOptions>().BindConfiguration(MergeOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddRecurringJob<MergeExpiry>(_ => new RecurringSchedule(MergeExpiry.Period));

        services.AddOptions<OrphanOptions>().BindConfiguration(OrphanOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddScoped<OrphanStore>();
        services.AddScoped<OrphanCollection>();
        services.AddRecurringJob<OrphanCollector>(OrphanCollector.Schedule);

        services.AddSingleton(new RetentionRule("retired_media_keys", (db, limit, cancel) => db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM retired_media_keys
            WHERE media_key IN (SELECT media_key FROM retired_media_keys WHERE retired_at < now() - {s_retiredKeyRetention} LIMIT {limit})
            """,
            cancel)));
    }
}
