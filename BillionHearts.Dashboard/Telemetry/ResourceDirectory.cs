namespace BillionHearts.Dashboard.Telemetry;

/// <summary>Every sender seen so far.</summary>
internal sealed class ResourceDirectory(TelemetryLimits limits)
{
    private const int Colours = 12;

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

    /// <summary>Null when there are too many already: names are the sender's choice.</summary>
    public TelemetryResource? GetOrAdd(string service, string instance, Func<PackedText> attributes)
    {
        lock (_lock)
        {
            if (_resources.TryGetValue((service, instance), out var known))
            {
                return known;
            }

            if (_resources.Count >= limits.MaxResourceCount)
            {
                return null;
            }

            var added = new TelemetryResource(service, instance, attributes(), ColourOf(service));
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
}
