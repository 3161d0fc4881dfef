using System.Buffers.Binary;
using BillionHearts.Dashboard.Telemetry;
using BillionHearts.Dashboard.Telemetry.Traces;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OtlpSpan = OpenTelemetry.Proto.Trace.V1.Span;
using OtlpStatus = OpenTelemetry.Proto.Trace.V1.Status;

namespace BillionHearts.Dashboard.Intake;

/// <summary>OTLP spans into the store. What cannot be kept is counted in the answer, as the protocol asks, and never fails the rest.</summary>
internal sealed class TraceIntake(TelemetryStore store) : IIntake<ExportTraceServiceRequest, ExportTraceServiceResponse>
{
    public ExportTraceServiceResponse Store(ExportTraceServiceRequest request)
    {
        var spans = new List<Span>();
        var refused = 0;

        foreach (var group in request.ResourceSpans)
        {
            var sender = store.SenderOf(group.Resource);

            foreach (var scope in group.ScopeSpans)
            {
                var name = TextPool.Keep(IntakeText.Name(scope.Scope?.Name ?? string.Empty));

                foreach (var span in scope.Spans)
                {
                    if (sender is null || span.TraceId.Length != 16 || span.SpanId.Length != 8)
                    {
                        refused++;
                        continue;
                    }

                    spans.Add(Convert(span, sender, name));
                }
            }
        }

        refused += store.Traces.Add(spans);

        return refused is 0 ? new() : new()
        {
            PartialSuccess = new() { RejectedSpans = refused, ErrorMessage = Refusals.Spans(store.Limits) },
        };
    }

    private Span Convert(OtlpSpan span, TelemetryResource sender, string scope)
    {
        var start = IntakeTime.Ticks(span.StartTimeUnixNano);
        var attributes = IntakeText.Pack(span.Attributes, store.Limits);

        return new()
        {
            Resource = sender,
            TraceId = TraceIdOf(span.TraceId),
            Id = SpanIdOf(span.SpanId),
            ParentId = SpanIdOf(span.ParentSpanId),
            Name = TextPool.Keep(IntakeText.Name(span.Name)),
            Scope = scope,
            StartTicks = start,
            DurationTicks = Math.Max(0, IntakeTime.Ticks(span.EndTimeUnixNano) - start),
            Attributes = attributes,
            Category = SpanCategories.Of(attributes),
            Kind = (uint)span.Kind <= (uint)SpanKind.Consumer ? (SpanKind)span.Kind : SpanKind.Unspecified,
            Status = span.Status?.Code switch
            {
                OtlpStatus.Types.StatusCode.Ok => SpanStatus.Ok,
                OtlpStatus.Types.StatusCode.Error => SpanStatus.Error,
                _ => SpanStatus.Unset,
            },
            StatusMessage = string.IsNullOrEmpty(span.Status?.Message) ? null : TextPool.Keep(IntakeText.Name(span.Status.Message)),
            Events = span.Events.Count is 0 ? [] : [.. span.Events.Take(store.Limits.MaxSpanEventCount).Select(Convert)],
            Links = span.Links.Count is 0 ? [] : [.. span.Links.Take(store.Limits.MaxSpanEventCount).Select(Convert)],
        };
    }

    private SpanEvent Convert(OtlpSpan.Types.Event item) => new(
        TextPool.Keep(IntakeText.Name(item.Name)), IntakeTime.Ticks(item.TimeUnixNano), IntakeText.Pack(item.Attributes, store.Limits));

    private SpanLink Convert(OtlpSpan.Types.Link link) => new(
        TraceIdOf(link.TraceId), SpanIdOf(link.SpanId), IntakeText.Pack(link.Attributes, store.Limits));

    /// <summary>Zero for an absent or malformed id.</summary>
    internal static UInt128 TraceIdOf(ByteString id) => id.Length is 16 ? BinaryPrimitives.ReadUInt128BigEndian(id.Span) : default;

    internal static ulong SpanIdOf(ByteString id) => id.Length is 8 ? BinaryPrimitives.ReadUInt64BigEndian(id.Span) : 0;
}
