using BillionHearts.Dashboard.Telemetry;
using BillionHearts.Dashboard.Telemetry.Logs;
using BillionHearts.Dashboard.Telemetry.Traces;

namespace BillionHearts.Dashboard.Tests.Telemetry;

/// <summary>Records as the intake would make them, with only what a test is about.</summary>
internal static class Some
{
    public static DateTimeOffset Noon { get; } = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static TelemetryResource Sender(string service, string instance = "1") => new(service, instance, default, colour: 0);

    public static PackedText Text(params (string Name, string Value)[] texts)
    {
        var packer = new TextPacker();

        foreach (var (name, value) in texts)
        {
            packer.AddPlain(name, value);
        }

        return packer.Pack();
    }

    public static Span Span(
        UInt128 trace,
        ulong id,
        ulong parent = 0,
        string name = "GET",
        string service = "api",
        double atMs = 0,
        double ms = 1,
        SpanStatus status = SpanStatus.Unset,
        PackedText attributes = default)
    {
        return new()
        {
            Resource = Sender(service),
            TraceId = trace,
            Id = id,
            ParentId = parent,
            Name = name,
            Scope = "Tests",
            StartTicks = Noon.AddMilliseconds(atMs).UtcTicks,
            DurationTicks = TimeSpan.FromMilliseconds(ms).Ticks,
            Attributes = attributes,
            Category = SpanCategories.Of(attributes),
            Status = status,
        };
    }

    public static LogEntry Log(
        string message, LogSeverity severity = LogSeverity.Information, string service = "api", double atMs = 0, UInt128 trace = default, PackedText? text = null)
    {
        return new()
        {
            Resource = Sender(service),
            Category = "Tests",
            Ticks = Noon.AddMilliseconds(atMs).UtcTicks,
            Severity = severity,
            TraceId = trace,
            Text = text ?? Text((string.Empty, message)),
        };
    }
}
