using System.Buffers;

namespace BillionHearts.Dashboard.Telemetry.Logs;

internal sealed record LogFilter(
    string? Resource = null,
    LogSeverity Minimum = LogSeverity.Trace,
    string? Text = null,
    UInt128? TraceId = null,
    ulong? SpanId = null);

internal sealed record LogPage(LogEntry[] Entries, int Total);

internal sealed class LogStore(TelemetryLimits limits)
{
    /// <summary>Nobody scrolls further; and an open page keeps what it lists from being forgotten.</summary>
    public const int MostListed = 10_000;

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

    /// <summary>The newest that match, in the order of their time, and how many there are in all.</summary>
    public LogPage List(LogFilter filter)
    {
        var rented = Copy(out var count);

        try
        {
            var needle = TextNeedle.From(filter.Text);
            var found = new List<LogEntry>();
            var total = 0;

            for (var i = count - 1; i >= 0; i--)
            {
                if (Matches(rented[i], filter, needle) && ++total <= MostListed)
                {
                    found.Add(rented[i]);
                }
            }

            // Senders report in batches: by arrival, an answer would often stand before its question.
            found.Sort((one, other) => (other.Ticks, other.Number).CompareTo((one.Ticks, one.Number)));
            return new([.. found], total);
        }
        finally
        {
            ArrayPool<LogEntry>.Shared.Return(rented, clearArray: true);
        }
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

    // Copying references is quick; looking into texts is not, and intake must not wait for it.
    private LogEntry[] Copy(out int count)
    {
        lock (_lock)
        {
            count = _entries.Count;
            var rented = ArrayPool<LogEntry>.Shared.Rent(count);
            _entries.CopyTo(rented, 0);
            return rented;
        }
    }

    private void CountError(LogEntry entry, int change)
    {
        if (entry.Severity < LogSeverity.Error)
        {
            return;
        }

        var count = _errors.GetValueOrDefault(entry.Resource) + change;

        if (count is 0)
        {
            _errors.Remove(entry.Resource);
        }
        else
        {
            _errors[entry.Resource] = count;
        }
    }

    private static bool Matches(LogEntry entry, LogFilter filter, TextNeedle? needle) =>
        entry.Severity >= filter.Minimum
        && (filter.TraceId is null || entry.TraceId == filter.TraceId)
        && (filter.SpanId is null || entry.SpanId == filter.SpanId)
        && (filter.Resource is null || entry.Resource.IsNamed(filter.Resource))
        && (needle is null || needle.IsIn(entry.Category) || entry.Text.Contains(needle));
}
