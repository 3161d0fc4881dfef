using BillionHearts.Dashboard.Telemetry;
using BillionHearts.Dashboard.Telemetry.Logs;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Logs.V1;

namespace BillionHearts.Dashboard.Intake;

internal sealed class LogIntake(TelemetryStore store, TimeProvider clock) : IIntake<ExportLogsServiceRequest, ExportLogsServiceResponse>
{
    public ExportLogsServiceResponse Store(ExportLogsServiceRequest request)
    {
        var entries = new List<LogEntry>();
        var refused = 0;

        foreach (var group in request.ResourceLogs)
        {
            var sender = store.SenderOf(group.Resource);

            foreach (var scope in group.ScopeLogs)
            {
                if (sender is null)
                {
                    refused += scope.LogRecords.Count;
                    continue;
                }

                var category = TextPool.Keep(IntakeText.Name(scope.Scope?.Name ?? string.Empty));
                entries.AddRange(scope.LogRecords.Select(record => Convert(record, sender, category)));
            }
        }

        store.Logs.Add(entries);

        return refused is 0 ? new() : new()
        {
            PartialSuccess = new() { RejectedLogRecords = refused, ErrorMessage = Refusals.Logs(store.Limits) },
        };
    }

    private LogEntry Convert(LogRecord record, TelemetryResource sender, string category)
    {
        var text = new TextPacker();
        text.Add(string.Empty, IntakeText.Cut(IntakeText.Text(record.Body), store.Limits.MaxAttributeLength));
        IntakeText.Add(text, record.Attributes, store.Limits);

        return new()
        {
            Resource = sender,
            Category = category,
            Ticks = TicksOf(record),
            Severity = SeverityOf(record.SeverityNumber),
            Text = text.Pack(),
            TraceId = TraceIntake.TraceIdOf(record.TraceId),
            SpanId = TraceIntake.SpanIdOf(record.SpanId),
            EventName = string.IsNullOrEmpty(record.EventName) ? null : TextPool.Keep(IntakeText.Name(record.EventName)),
        };
    }

    private long TicksOf(LogRecord record) => record switch
    {
        { TimeUnixNano: > 0 } => IntakeTime.Ticks(record.TimeUnixNano),
        { ObservedTimeUnixNano: > 0 } => IntakeTime.Ticks(record.ObservedTimeUnixNano),
        _ => clock.GetUtcNow().UtcTicks,
    };

    // OTLP has four numbers for each level: 1-4 trace, 5-8 debug, … 21-24 fatal.
    private static LogSeverity SeverityOf(SeverityNumber number) =>
        number is SeverityNumber.Unspecified ? LogSeverity.Information : (LogSeverity)Math.Clamp(((int)number - 1) / 4, 0, 5);
}
