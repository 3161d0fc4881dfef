namespace BillionHearts.Dashboard.Telemetry;

/// <summary>Every sender seen so far; once there are too many, those that have fallen silent give way.</summary>
internal sealed class ResourceDirectory(TelemetryLimits limits, TimeProvider clock)
{
    private const int Colours = 12;

    private static readonly TimeSpan s_silence = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Service, string Instance), TelemetryResource> _resources = [];
    private readonly Dictionary<string, int> _colours = new(StringComparer.OrdinalIgnoreCase);

    public TelemetryResource[] All
    {
        get
        {
            lock (_lock)
            {
                return [.. _resources.Values.OrderBy(resource => resource.DisplayName, StringComparer.OrdinalIgnoreCase)];
            }
        }
    }

    /// <summary>Told of each that gave way.</summary>
    public event Action<TelemetryResource>? Forgotten;

    /// <summary>Null when there are too many already: names are the sender's choice.</summary>
    public TelemetryResource? GetOrAdd(string service, string instance, Func<PackedText> attributes)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();

            if (_resources.TryGetValue((service, instance), out var known))
            {
                known.LastHeard = now;
                return known;
            }

            if (_resources.Count >= limits.MaxResourceCount && !ForgetOneSilent())
            {
                return null;
            }

            var added = new TelemetryResource(service, instance, attributes(), ColourOf(service)) { LastHeard = now };
            var siblings = _resources.Values.Where(resource => resource.Service == service).ToList();

            siblings.ForEach(sibling => sibling.HasSiblings = true);
            added.HasSiblings = siblings.Count > 0;
            _resources.Add((service, instance), added);
            return added;
        }
    }

    /// <summary>By order of appearance, not by hash: the first dozen never share one.</summary>
    public int ColourOf(string service)
    {
        lock (_lock)
        {
            if (!_colours.TryGetValue(service, out var colour))
            {
                colour = _colours.Count % Colours;

                if (_colours.Count < limits.MaxResourceCount)
                {
                    _colours.Add(service, colour);
                }
            }

            return colour;
        }
    }

    private bool ForgetOneSilent()
    {
        var (key, silent) = _resources.MinBy(pair => pair.Value.LastHeard);

        if (clock.GetElapsedTime(silent.LastHeard) < s_silence)
        {
            return false;
        }

        _resources.Remove(key);
        Forgotten?.Invoke(silent);
        return true;
    }
}
