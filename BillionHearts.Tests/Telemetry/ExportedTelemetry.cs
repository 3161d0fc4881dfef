using System.Collections.Concurrent;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Metrics.V1;

namespace BillionHearts.Tests.Telemetry;

/// <summary>The telemetry that was exported so far.</summary>
internal sealed class ExportedTelemetry
{
    private readonly ConcurrentQueue<ExportedSpan> _spans = new();
    private readonly ConcurrentQueue<ExportedLog> _logs = new();
    private readonly ConcurrentQueue<ExportedMetric> _metrics = new();
    private readonly ConcurrentQueue<string> _texts = new();

    public IEnumerable<ExportedSpan> Spans => _spans;

    public IEnumerable<ExportedLog> Logs => _logs;

    public IEnumerable<ExportedMetric> Metrics => _metrics;

    /// <summary>Every message as JSON. What is not in here was not exported.</summary>
    public IEnumerable<string> Texts => _texts;

    public IEnumerable<ExportedSpan> Trace(string traceId) => _spans.Where(span => span.TraceId == traceId);

    public void Add(ExportTraceServiceRequest request)
    {
        _texts.Enqueue(request.ToString());

        foreach (var resource in request.ResourceSpans)
        {
            foreach (var span in resource.ScopeSpans.SelectMany(scope => scope.Spans))
            {
                _spans.Enqueue(new ExportedSpan(
                    Sender.Of(resource.Resource.Attributes), Hex(span.TraceId), Hex(span.SpanId), Hex(span.ParentSpanId), span.Name, $"{span.Kind}", Sender.Read(span.Attributes)));
            }
        }
    }

    public void Add(ExportLogsServiceRequest request)
    {
        _texts.Enqueue(request.ToString());

        foreach (var resource in request.ResourceLogs)
        {
            foreach (var record in resource.ScopeLogs.SelectMany(scope => scope.LogRecords))
            {
                _logs.Enqueue(new ExportedLog(Sender.Of(resource.Resource.Attributes), Hex(record.TraceId), record.Body?.StringValue ?? ""));
            }
        }
    }

    public void Add(ExportMetricsServiceRequest request)
    {
        _texts.Enqueue(request.ToString());

        foreach (var resource in request.ResourceMetrics)
        {
            foreach (var metric in resource.ScopeMetrics.SelectMany(scope => scope.Metrics))
            {
                _metrics.Enqueue(new ExportedMetric(Sender.Of(resource.Resource.Attributes), metric));
            }
        }
    }

    private static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);
}

/// <summary>Which process it came from.</summary>
internal sealed record Sender(string Service, string Instance)
{
    public static Sender Of(IEnumerable<KeyValue> resource)
    {
        var attributes = Read(resource);
        // Replicas are resources of their own here: api-1 and api-2 are one service.
        return new Sender(attributes.GetValueOrDefault("service.name", "").Split('-')[0], attributes.GetValueOrDefault("service.instance.id", ""));
    }

    public static Dictionary<string, string> Read(IEnumerable<KeyValue> attributes) => attributes.ToDictionary(
        attribute => attribute.Key,
        attribute => attribute.Value.ValueCase is AnyValue.ValueOneofCase.StringValue ? attribute.Value.StringValue : $"{attribute.Value}");
}

internal sealed record ExportedSpan(
    Sender From, string TraceId, string Id, string ParentId, string Name, string Kind, IReadOnlyDictionary<string, string> Attributes)
{
    public bool Is(string service, string name) => From.Service == service && Name == name;
}

internal sealed record ExportedLog(Sender From, string TraceId, string Body);

internal sealed record ExportedMetric(Sender From, Metric Metric)
{
    /// <summary>The attributes of each of its series.</summary>
    public IEnumerable<IReadOnlyDictionary<string, string>> Series => Metric.DataCase switch
    {
        Metric.DataOneofCase.Sum => Metric.Sum.DataPoints.Select(point => Sender.Read(point.Attributes)),
        Metric.DataOneofCase.Gauge => Metric.Gauge.DataPoints.Select(point => Sender.Read(point.Attributes)),
        Metric.DataOneofCase.Histogram => Metric.Histogram.DataPoints.Select(point => Sender.Read(point.Attributes)),
        _ => [],
    };
}
