using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace BillionHearts.Tests;

/// <summary>Records what all services of this process add to our counters, with tags, from its construction on.</summary>
internal sealed class RecordedMetrics : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, long Value, string Tags)> _measurements = new();

    public RecordedMetrics()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("BillionHearts.", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var text = string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
            _measurements.Enqueue((instrument.Name, value, text));
        });
        _listener.Start();
    }

    /// <param name="tags">Parts of the form <c>name=value</c>, all of which a measurement must have.</param>
    public long Sum(string name, params string[] tags) => _measurements
        .Where(measured => measured.Name == name && tags.All(tag => measured.Tags.Split(' ').Contains(tag)))
        .Sum(measured => measured.Value);

    public void Dispose() => _listener.Dispose();
}
