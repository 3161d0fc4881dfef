using System.Diagnostics;
using System.Diagnostics.Metrics;
using BillionHearts.Dashboard.Telemetry.Logs;
using BillionHearts.Dashboard.Telemetry.Metrics;
using BillionHearts.Dashboard.Telemetry.Traces;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using MetricPoint = BillionHearts.Dashboard.Telemetry.Metrics.MetricPoint;
using SpanKind = BillionHearts.Dashboard.Telemetry.Traces.SpanKind;

namespace BillionHearts.Dashboard.Tests.Intake;

/// <summary>What OpenTelemetry's own exporter sends, over both protocols.</summary>
public sealed partial class ExporterTests
{
    private static readonly string[] s_tags = ["a", "b"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task Spans_arrive_with_their_attributes_events_links_and_status(OtlpExportProtocol protocol)
    {
        await using var dashboard = await RunningDashboard.StartAsync(Cancel);
        using var source = new ActivitySource($"exporter-test-{protocol}");
        using var provider = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(Resource()).AddSource(source.Name)
            .AddOtlpExporter(options => Point(options, dashboard, protocol, "traces")).Build();

        var link = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

        using (var activity = source.StartActivity("PUT blob", ActivityKind.Client, default(ActivityContext), links: [new(link)]))
        {
            activity!.SetTag("http.request.method", "PUT").SetTag("size", 3_000_000L).SetTag("tags", s_tags);
            activity.AddEvent(new("retry", tags: new() { ["attempt"] = 2 }));
            activity.SetStatus(ActivityStatusCode.Error, "The blob store said 503.");
        }

        Assert.True(provider.ForceFlush());

        var trace = Assert.Single(dashboard.Telemetry.Traces.List(new()));
        Assert.Equal(("PUT blob", "api", 1, 1), (trace.Name, trace.Root.Service, trace.Spans, trace.Errors));

        var span = Assert.Single(dashboard.Telemetry.Traces.Find(trace.Id));
        Assert.Equal((SpanKind.Client, SpanStatus.Error, SpanCategory.Http), (span.Kind, span.Status, span.Category));
        Assert.Equal("The blob store said 503.", span.StatusMessage);
        Assert.Equal(("PUT", "3000000", """["a","b"]"""), (span.Attributes["http.request.method"], span.Attributes["size"], span.Attributes["tags"]));
        Assert.Equal("2", Assert.Single(span.Events).Attributes["attempt"]);
        Assert.Equal(link.TraceId.ToHexString(), Assert.Single(span.Links).TraceId.ToString("x32"));
        Assert.Equal("replica-1", span.Resource.Instance);
    }

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc)]
    [InlineData(OtlpExportProtocol.HttpProtobuf)]
    public async Task Logs_arrive_with_level_category_exception_and_trace(OtlpExportProtocol protocol)
    {
        await using var dashboard = await RunningDashboard.StartAsync(Cancel);
        var traceId = ActivityTraceId.CreateRandom();

        using (var loggers = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.SetResourceBuilder(Resource());
            options.AddOtlpExporter(exporter => Point(exporter, dashboard, protocol, "logs"));
        })))
        {
            using var activity = new Activity("upload").SetParentId(traceId, ActivitySpanId.CreateRandom()).Start();
            Log.Failed(loggers.CreateLogger("BillionHearts.Api"), new InvalidOperationException("no room"), 42);
        }

        var entry = Assert.Single(dashboard.Telemetry.Logs.List(new()).Entries);
        Assert.Equal(("Image 42 was not kept", LogSeverity.Error, "BillionHearts.Api"), (entry.Message, entry.Severity, entry.Category));
        Assert.Equal(traceId.ToHexString(), entry.HexTraceId);
        Assert.Contains("no room", entry.Exception, StringComparison.Ordinal);
        Assert.Contains(entry.Attributes, attribute => attribute is { Key: "ImageId", Value: "42" });
        Assert.Equal(1, dashboard.Telemetry.Logs.ErrorsOf("api"));
    }

    [Theory]
    [InlineData(OtlpExportProtocol.Grpc, MetricReaderTemporalityPreference.Cumulative, false)]
    [InlineData(OtlpExportProtocol.HttpProtobuf, MetricReaderTemporalityPreference.Delta, false)]
    [InlineData(OtlpExportProtocol.HttpProtobuf, MetricReaderTemporalityPreference.Cumulative, true)]
    [InlineData(OtlpExportProtocol.Grpc, MetricReaderTemporalityPreference.Delta, true)]
    public async Task Metrics_add_up_whatever_way_they_are_sent(OtlpExportProtocol protocol, MetricReaderTemporalityPreference temporality, bool exponential)
    {
        await using var dashboard = await RunningDashboard.StartAsync(Cancel);
        using var meter = new Meter($"exporter-test-{protocol}-{temporality}-{exponential}");
        using var provider = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Resource()).AddMeter(meter.Name)
            .AddView("duration", exponential ? new Base2ExponentialBucketHistogramConfiguration() : new ExplicitBucketHistogramConfiguration { Boundaries = [0.01, 0.1, 1] })
            .AddOtlpExporter((options, reader) =>
            {
                Point(options, dashboard, protocol, "metrics");
                reader.TemporalityPreference = temporality;
            }).Build();

        var uploads = meter.CreateCounter<long>("uploads");
        var duration = meter.CreateHistogram<double>("duration", "s");
        meter.CreateObservableGauge("depth", () => 7);

        for (var round = 0; round < 3; round++)
        {
            uploads.Add(5, new KeyValuePair<string, object?>("outcome", "kept"));

            for (var i = 0; i < 100; i++)
            {
                duration.Record(0.05);
            }

            Assert.True(provider.ForceFlush());
        }

        MetricPoint Last(string name) => Assert.Single(dashboard.Telemetry.Metrics.View("api", meter.Name, name, DateTimeOffset.UnixEpoch)!.Series).Points[^1];

        Assert.Equal(15, Last("uploads").Value);
        Assert.Equal(7, Last("depth").Value);
        Assert.Equal(300, Last("duration").Distribution!.Count);
        Assert.Equal(15, Last("duration").Distribution!.Sum, tolerance: 0.001);
        Assert.InRange(Last("duration").Distribution!.Percentile(0.5)!.Value, 0.01, 0.1);
        Assert.Equal(
            (InstrumentKind.Histogram, "s"),
            dashboard.Telemetry.Metrics.Instruments("api").Where(info => info.Name == "duration").Select(info => (info.Kind, info.Unit)).Single());
    }

    [Fact]
    public async Task Replicas_are_told_apart_by_their_instance_id()
    {
        await using var dashboard = await RunningDashboard.StartAsync(Cancel);

        foreach (var replica in new[] { "api-1", "api-2" })
        {
            using var source = new ActivitySource($"replica-test-{replica}");
            using var provider = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("api", serviceInstanceId: replica))
                .AddSource(source.Name).AddOtlpExporter(options => Point(options, dashboard, OtlpExportProtocol.Grpc, "traces")).Build();
            source.StartActivity("GET")!.Stop();
            provider.ForceFlush();
        }

        Assert.Equal(["api-1", "api-2"], dashboard.Telemetry.Resources.All.Select(resource => resource.DisplayName));
        Assert.Single(dashboard.Telemetry.Traces.List(new(Resource: "api-2")));
        Assert.Equal(2, dashboard.Telemetry.Traces.List(new(Resource: "api")).Length);
    }

    internal static void Point(OtlpExporterOptions options, RunningDashboard dashboard, OtlpExportProtocol protocol, string signal)
    {
        options.Protocol = protocol;
        options.Endpoint = protocol is OtlpExportProtocol.Grpc ? dashboard.OtlpGrpc : new(dashboard.OtlpHttp, $"/v1/{signal}");
        options.Headers = $"x-otlp-api-key={RunningDashboard.ApiKey}";
    }

    private static ResourceBuilder Resource() => ResourceBuilder.CreateEmpty().AddService("api", serviceInstanceId: "replica-1");

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Image {ImageId} was not kept")]
        public static partial void Failed(ILogger logger, Exception exception, long imageId);
    }
}
