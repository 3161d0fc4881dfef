using System.Diagnostics;
using System.Diagnostics.Metrics;
using BillionHearts.Dashboard.Tests.Intake;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace BillionHearts.Dashboard.Tests.Browser;

/// <summary>One upload on its way through four services, told by OpenTelemetry's own SDK.</summary>
internal sealed class Upload : IDisposable
{
    private static readonly string[] s_services = ["gateway", "api", "analysis", "notifications"];

    private readonly string _run = Guid.NewGuid().ToString("n")[..8];
    private readonly Dictionary<string, (ActivitySource Source, TracerProvider Provider)> _services;
    private readonly Meter _meter;
    private readonly MeterProvider _metrics;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _uploads;

    public Upload(RunningDashboard dashboard)
    {
        _services = s_services.ToDictionary(name => name, name =>
        {
            var source = new ActivitySource($"{name}-{_run}");
            return (source, Sdk.CreateTracerProviderBuilder().SetResourceBuilder(Resource(name)).AddSource(source.Name)
                .AddOtlpExporter(options => ExporterTests.Point(options, dashboard, OtlpExportProtocol.Grpc, "traces")).Build()!);
        });

        _meter = new($"BillionHearts.Api.{_run}");
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Resource("api")).AddMeter(_meter.Name)
            .SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddOtlpExporter((options, _) => ExporterTests.Point(options, dashboard, OtlpExportProtocol.HttpProtobuf, "metrics")).Build()!;
        _duration = _meter.CreateHistogram(
            "billionhearts.upload.duration", "s", "From the first byte to the answer", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.05, 0.1, 0.25, 1] });
        _uploads = _meter.CreateCounter<long>("billionhearts.uploads", "{upload}", "Uploads by outcome");
    }

    public string MeterName => _meter.Name;

    /// <returns>The trace id.</returns>
    public string Run(DateTimeOffset start, bool fails = false)
    {
        var root = Start("gateway", "POST /images/", ActivityKind.Server, default, start, 0, 46);
        root.SetTag("http.request.method", "POST").SetTag("url.path", "/images/");
        var api = Start("api", "POST /images/", ActivityKind.Server, root.Context, start, 1, 44);
        api.SetTag("http.request.method", "POST").SetTag("http.route", "/images/");
        Start("api", "PUT blob", ActivityKind.Client, api.Context, start, 6, 24).SetTag("http.request.method", "PUT").SetTag("server.address", "127.0.0.1").SetTag("server.port", 10000).Stop();
        Start("api", "INSERT images", ActivityKind.Client, api.Context, start, 26, 34).SetTag("db.system.name", "postgresql").SetTag("server.address", "127.0.0.1").Stop();
        var outbox = Start("api", "outbox relay", ActivityKind.Producer, api.Context, start, 48, 56);
        outbox.SetTag("messaging.system", "rabbitmq").Stop();
        var work = Start("analysis", "analysis.fresh process", ActivityKind.Consumer, outbox.Context, start, 60, 210);
        work.SetTag("messaging.system", "rabbitmq").AddEvent(new("decoded", start.AddMilliseconds(120)));
        Start("analysis", "GET blob", ActivityKind.Client, work.Context, start, 62, 78).SetTag("http.request.method", "GET").SetTag("server.address", "127.0.0.1").Stop();
        Start("analysis", "decode", ActivityKind.Internal, work.Context, start, 80, 150).Stop();
        var render = Start("analysis", "render thumb", ActivityKind.Internal, work.Context, start, 150, 190);

        if (fails)
        {
            render.SetStatus(ActivityStatusCode.Error, "The image is cut off");
            render.AddException(new InvalidDataException("The image is cut off after 4096 of 3000000 bytes"), default, start.AddMilliseconds(185));
        }

        render.Stop();
        var stored = Start("api", "results store", ActivityKind.Consumer, work.Context, start, 214, 226);
        stored.Stop();
        Start("notifications", "deliver event", ActivityKind.Consumer, stored.Context, start, 230, 238).Stop();
        work.Stop();

        using (Ambient(api))
        {
            _duration.Record(0.043 + (Random.Shared.NextDouble() * 0.04));
        }

        _uploads.Add(1, new KeyValuePair<string, object?>("outcome", fails ? "failed" : "kept"));
        api.Stop();
        root.Stop();
        return root.TraceId.ToHexString();
    }

    public void Flush()
    {
        foreach (var (_, provider) in _services.Values)
        {
            Assert.True(provider.ForceFlush());
        }

        Assert.True(_metrics.ForceFlush());
    }

    public void Dispose()
    {
        foreach (var (source, provider) in _services.Values)
        {
            provider.Dispose();
            source.Dispose();
        }

        _metrics.Dispose();
        _meter.Dispose();
    }

    private static ResourceBuilder Resource(string service) =>
        ResourceBuilder.CreateEmpty().AddService(service, serviceInstanceId: service is "api" ? "api-1" : service);

    private Activity Start(string service, string name, ActivityKind kind, ActivityContext parent, DateTimeOffset start, int from, int to)
    {
        var activity = _services[service].Source.StartActivity(name, kind, parent, startTime: start.AddMilliseconds(from))!;
        activity.SetEndTime(start.AddMilliseconds(to).UtcDateTime);
        Activity.Current = null;
        return activity;
    }

    private static AmbientActivity Ambient(Activity activity)
    {
        Activity.Current = activity;
        return new();
    }

    private readonly struct AmbientActivity : IDisposable
    {
        public void Dispose() => Activity.Current = null;
    }
}
