namespace BillionHearts.Dashboard.Telemetry.Metrics;

internal sealed class MetricStore(TelemetryLimits limits)
{
    private const int MaxInstruments = 5_000;
    private const int MaxSeries = 20_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<InstrumentKey, Instrument> _instruments = [];
    private long _version;
    private long _weight;

    // What halving series does not win back: without a part of its own, endless new series would leave no room for points.
    private long _fixedWeight;
    private int _series;

    public long Version => Volatile.Read(ref _version);

    public long Weight => Volatile.Read(ref _weight);

    /// <returns>False when there are too many instruments or too many series of this one.</returns>
    public bool Add(TelemetryResource resource, InstrumentInfo info, PackedText attributes, Reading reading, IEnumerable<Exemplar> exemplars)
    {
        lock (_lock)
        {
            if (SeriesFor(resource, info, attributes) is not { } series)
            {
                return false;
            }

            var before = series.Weight;
            series.Add(reading);

            foreach (var exemplar in exemplars)
            {
                series.Add(exemplar);
            }

            _weight += series.Weight - before;
            _version++;
            Trim();
            return true;
        }
    }

    /// <summary>The instruments of a service or of one of its replicas, each once.</summary>
    public InstrumentInfo[] Instruments(string resource)
    {
        lock (_lock)
        {
            return
            [
                .. _instruments.Values.Where(instrument => instrument.Key.Resource.IsNamed(resource))
                    .Select(instrument => instrument.Info)
                    .DistinctBy(info => (info.Meter, info.Name))
                    .OrderBy(info => info.Meter, StringComparer.OrdinalIgnoreCase)
                    .ThenBy(info => info.Name, StringComparer.OrdinalIgnoreCase),
            ];
        }
    }

    /// <summary>Services that have sent any metric.</summary>
    public HashSet<TelemetryResource> Senders()
    {
        lock (_lock)
        {
            return [.. _instruments.Keys.Select(key => key.Resource)];
        }
    }

    /// <summary>Points since a time, and the last one before it, which an increase is counted from.</summary>
    public InstrumentView? View(string resource, string meter, string name, DateTimeOffset since)
    {
        lock (_lock)
        {
            var found = _instruments.Values
                .Where(instrument => instrument.Key.Meter == meter && instrument.Key.Name == name && instrument.Key.Resource.IsNamed(resource))
                .ToList();

            return found.Count is 0 ? null : new(
                found[0].Info,
                [.. found.SelectMany(instrument => instrument.Series.Values.Select(series => SeriesView.Of(instrument.Key.Resource, series, since.UtcTicks)))],
                found.Sum(instrument => instrument.Overflow));
        }
    }

    public void Remove(TelemetryResource resource)
    {
        lock (_lock)
        {
            foreach (var (key, instrument) in _instruments.Where(pair => pair.Key.Resource == resource).ToList())
            {
                Forget(instrument);
                _instruments.Remove(key);
            }

            _version++;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            Forget();
            _version++;
        }
    }

    private Series? SeriesFor(TelemetryResource resource, InstrumentInfo info, PackedText attributes)
    {
        var key = new InstrumentKey(resource, info.Meter, info.Name);

        // A changed kind is another instrument under the same name: the newer one is meant.
        if (!_instruments.TryGetValue(key, out var instrument) || instrument.Info.Kind != info.Kind)
        {
            if (_instruments.Count >= MaxInstruments)
            {
                return null;
            }

            if (instrument is not null)
            {
                Forget(instrument);
            }

            instrument = new(key, info);
            _instruments[key] = instrument;
        }

        if (instrument.Series.TryGetValue(attributes, out var known))
        {
            return known;
        }

        var series = new Series(attributes, limits.MaxMetricsCount);

        if (instrument.Series.Count >= limits.MaxSeriesPerInstrument || _series >= MaxSeries || _fixedWeight + series.Weight > limits.MaxStoreBytes / 4)
        {
            instrument.Overflow++;
            return null;
        }

        instrument.Series.Add(attributes, series);
        _weight += series.Weight;
        _fixedWeight += series.FixedWeight;
        _series++;
        return series;
    }

    private void Forget()
    {
        _instruments.Clear();
        (_weight, _fixedWeight, _series) = (0, 0, 0);
    }

    private void Forget(Instrument instrument)
    {
        foreach (var series in instrument.Series.Values)
        {
            _weight -= series.Weight;
            _fixedWeight -= series.FixedWeight;
            _series--;
        }
    }

    private void Trim()
    {
        if (_weight <= limits.MaxStoreBytes)
        {
            return;
        }

        foreach (var series in _instruments.Values.SelectMany(instrument => instrument.Series.Values))
        {
            series.Halve();
        }

        _weight = _instruments.Values.Sum(instrument => instrument.Series.Values.Sum(series => series.Weight));

        // So many series that their last points alone are too large: only an attack comes here, and must not win.
        if (_weight > limits.MaxStoreBytes)
        {
            Forget();
        }
    }
}
