using BillionHearts.Dashboard.Telemetry;
using BillionHearts.Dashboard.Telemetry.Metrics;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Metrics.V1;
using OtlpExemplar = OpenTelemetry.Proto.Metrics.V1.Exemplar;
using StoredExemplar = BillionHearts.Dashboard.Telemetry.Metrics.Exemplar;

namespace BillionHearts.Dashboard.Intake;

internal sealed class MetricIntake(TelemetryStore store, TimeProvider clock) : IIntake<ExportMetricsServiceRequest, ExportMetricsServiceResponse>
{
    public ExportMetricsServiceResponse Store(ExportMetricsServiceRequest request)
    {
        var refused = 0;

        foreach (var group in request.ResourceMetrics)
        {
            var sender = store.SenderOf(group.Resource);

            foreach (var scope in group.ScopeMetrics)
            {
                foreach (var metric in scope.Metrics)
                {
                    refused += sender is null ? CountPoints(metric) : Store(sender, scope.Scope?.Name ?? string.Empty, metric);
                }
            }
        }

        return refused is 0 ? new() : new()
        {
            PartialSuccess = new() { RejectedDataPoints = refused, ErrorMessage = Refusals.Metrics(store.Limits) },
        };
    }

    /// <returns>How many points were refused.</returns>
    private int Store(TelemetryResource sender, string meter, Metric metric)
    {
        switch (metric.DataCase)
        {
            case Metric.DataOneofCase.Gauge:
                return Store(sender, Info(InstrumentKind.Gauge), metric.Gauge.DataPoints, isDelta: false, accumulates: false);

            case Metric.DataOneofCase.Sum:
                var isDelta = metric.Sum.AggregationTemporality is AggregationTemporality.Delta;
                return metric.Sum.IsMonotonic
                    ? Store(sender, Info(InstrumentKind.Counter), metric.Sum.DataPoints, isDelta, accumulates: true)
                    : Store(sender, Info(InstrumentKind.UpDownCounter), metric.Sum.DataPoints, isDelta, accumulates: isDelta);

            case Metric.DataOneofCase.Histogram:
                return metric.Histogram.DataPoints.Count(point => !Store(
                    sender, Info(InstrumentKind.Histogram), point, metric.Histogram.AggregationTemporality is AggregationTemporality.Delta));

            case Metric.DataOneofCase.ExponentialHistogram:
                return metric.ExponentialHistogram.DataPoints.Count(point => !Store(
                    sender, Info(InstrumentKind.Histogram), point, metric.ExponentialHistogram.AggregationTemporality is AggregationTemporality.Delta));

            default:
                return CountPoints(metric);
        }

        InstrumentInfo Info(InstrumentKind kind) => new(Short(meter), Short(metric.Name), kind, Short(metric.Unit), Short(metric.Description));
    }

    private int Store(TelemetryResource sender, InstrumentInfo info, RepeatedField<NumberDataPoint> points, bool isDelta, bool accumulates)
    {
        var refused = 0;

        foreach (var point in points)
        {
            var value = point.ValueCase is NumberDataPoint.ValueOneofCase.AsInt ? point.AsInt : point.AsDouble;
            var reading = new Reading(Start(point.StartTimeUnixNano), new(IntakeTime.Ticks(point.TimeUnixNano), value), isDelta, accumulates);
            refused += double.IsFinite(value) && Add(sender, info, point.Attributes, reading, point.Exemplars) ? 0 : 1;
        }

        return refused;
    }

    private bool Store(TelemetryResource sender, InstrumentInfo info, HistogramDataPoint point, bool isDelta)
    {
        // Without buckets only count and sum were sent, which is one bucket without bounds.
        var distribution = point.BucketCounts.Count is 0
            ? new Distribution([], [Count(point.Count)], point.Sum)
            : new Distribution([.. point.ExplicitBounds], [.. point.BucketCounts.Select(Count)], point.Sum);

        return distribution.IsSound
            && Add(sender, info, point.Attributes, Reading(point.StartTimeUnixNano, point.TimeUnixNano, distribution, isDelta), point.Exemplars);
    }

    private bool Store(TelemetryResource sender, InstrumentInfo info, ExponentialHistogramDataPoint point, bool isDelta) =>
        ExponentialBuckets.Read(point) is { } distribution
        && Add(sender, info, point.Attributes, Reading(point.StartTimeUnixNano, point.TimeUnixNano, distribution, isDelta), point.Exemplars);

    private bool Add(
        TelemetryResource sender, InstrumentInfo info, RepeatedField<OpenTelemetry.Proto.Common.V1.KeyValue> attributes, Reading reading, RepeatedField<OtlpExemplar> exemplars) =>
        IsPlausible(reading) && store.Metrics.Add(
            sender,
            info,
            IntakeText.PackOrdered(attributes, store.Limits),
            reading,
            exemplars.Where(exemplar => exemplar.TraceId.Length is 16).Select(Convert).Where(exemplar => double.IsFinite(exemplar.Value)));

    // A series only goes forward: one point from the year 2200 would be its last.
    private bool IsPlausible(Reading reading) => reading.Point.Ticks <= (clock.GetUtcNow() + Refusals.MostAhead).UtcTicks;

    private static Reading Reading(ulong start, ulong time, Distribution distribution, bool isDelta) =>
        new(Start(start), new(IntakeTime.Ticks(time), distribution.Count, distribution), isDelta, Accumulates: true);

    private static StoredExemplar Convert(OtlpExemplar exemplar) => new(
        IntakeTime.Ticks(exemplar.TimeUnixNano),
        exemplar.ValueCase is OtlpExemplar.ValueOneofCase.AsInt ? exemplar.AsInt : exemplar.AsDouble,
        TraceIntake.TraceIdOf(exemplar.TraceId),
        TraceIntake.SpanIdOf(exemplar.SpanId));

    private static long Start(ulong nanoseconds) => nanoseconds is 0 ? 0 : IntakeTime.Ticks(nanoseconds);

    // A sender's count may be any 64 bits; sums of buckets must not wrap.
    private static long Count(ulong count) => (long)Math.Min(count, 1UL << 48);

    private static string Short(string text) => TextPool.Keep(IntakeText.Name(text));

    private static int CountPoints(Metric metric) =>
        (metric.Gauge?.DataPoints.Count ?? 0) + (metric.Sum?.DataPoints.Count ?? 0) + (metric.Histogram?.DataPoints.Count ?? 0)
        + (metric.ExponentialHistogram?.DataPoints.Count ?? 0) + (metric.Summary?.DataPoints.Count ?? 0);
}
