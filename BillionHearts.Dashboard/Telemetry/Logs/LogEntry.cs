namespace BillionHearts.Dashboard.Telemetry.Logs;

public enum LogSeverity : byte
{
    Trace,
    Debug,
    Information,
    Warning,
    Error,
    Critical,
}

public sealed class LogEntry
{
    /// <summary>Counts up; the handle by which a page names an entry.</summary>
    public long Number { get; set; }

    public required TelemetryResource Resource { get; init; }

    public required string Category { get; init; }

    public required long Ticks { get; init; }

    public required LogSeverity Severity { get; init; }

    /// <summary>The message under the empty name, then the attributes.</summary>
    public required PackedText Text { get; init; }

    public UInt128 TraceId { get; init; }

    public ulong SpanId { get; init; }

    public string? EventName { get; init; }

    public DateTimeOffset Timestamp => new(Ticks, TimeSpan.Zero);

    public string Message => Text[string.Empty] ?? string.Empty;

    public string? Exception => Text["exception.stacktrace"] ?? Text["exception.message"];

    public string? HexTraceId => TraceId == default ? null : TraceId.ToString("x32");

    public string? HexSpanId => SpanId is 0 ? null : SpanId.ToString("x16");

    public IEnumerable<KeyValuePair<string, string>> Attributes => Text.ToList().Where(attribute => attribute.Key.Length > 0);

    public int Weight => 112 + TextPool.WeightOf(Category) + TextPool.WeightOf(EventName ?? string.Empty) + Text.Weight;
}
