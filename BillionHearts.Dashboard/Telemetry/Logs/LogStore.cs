namespace BillionHearts.Dashboard.Telemetry.Logs;

internal sealed record LogFilter(
    string? Resource = null,
    LogSeverity Minimum = LogSeverity.Trace,
    string? Text = null,
    UInt128? TraceId = null,
    ulong? SpanId = null);

internal sealed class LogStore(TelemetryLimits limits)
{
    private readonly Lock _lock = new();
    private readonly Queue<LogEntry> _entries = [];
    private readonly Dictionary<TelemetryResource, int> _errors = [];
    private long _version;
    private long _weight;
    private long _lastNumber;

    public long Version => Volatile.Read(ref _version);

    public long Weight => Volatile.Read(ref _weight);

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    public void Add(IReadOnlyCollection<LogEntry> entries)
    {
        lock (_lock)
        {
            foreach (var entry in entries)
            {
                entry.Number = ++_lastNumber;
                _entries.Enqueue(entry);
                _weight += entry.Weight;
                CountError(entry, 1);
            }

            while (_entries.Count > limits.MaxLogCount || _weight > limits.MaxStoreBytes)
            {
                var oldest = _entries.Dequeue();
                _weight -= oldest.Weight;
                CountError(oldest, -1);
            }

            _version++;
        }
    }

    /// <summary>Newest first.</summary>
    public LogEntry[] List(LogFilter filter)
    {
        LogEntry[] entries;

        // Copying references is quick; looking into texts is not, and intake must not wait for it.
        lock (_lock)
        {
            entries = [.. _entries];
        }

        Array.Reverse(entries);
        var needle = TextNeedle.From(filter.Text);

        return filter == new LogFilter() ? entries : Array.FindAll(entries, entry => Matches(entry, filter, needle));
    }

    public int ErrorsOf(string resource)
    {
        lock (_lock)
        {
            return _errors.Where(pair => pair.Key.IsNamed(resource)).Sum(pair => pair.Value);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _errors.Clear();
            _weight = 0;
            _version++;
        }
    }

    private void CountError(LogEntry entry, int change)
    {
        if (entry.Severity >= LogSeverity.Error)
        {
            _errors[entry.Resource] = _errors.GetValueOrDefault(entry.Resource) + change;
        }
    }

    private static bool Matches(LogEntry entry, LogFilter filter, TextNeedle? needle) =>
        entry.Severity >= filter.Minimum
        && (filter.TraceId is null || entry.TraceId == filter.TraceId)
        && (filter.SpanId is null || entry.SpanId == filter.SpanId)
        && (filter.Resource is null || entry.Resource.IsNamed(filter.Resource))
        && (needle is null || needle.IsIn(entry.Category) || entry.Text.Contains(needle));
}
