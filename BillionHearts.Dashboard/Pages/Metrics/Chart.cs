namespace BillionHearts.Dashboard.Pages.Metrics;

/// <summary>Values of one line, one for each time of its chart; null where there was nothing.</summary>
public sealed record ChartLine(string Name, double?[] Values);

/// <summary>A measurement with a trace behind it.</summary>
public sealed record ChartDot(DateTimeOffset Time, double Value, string TraceId);

public sealed record Chart(DateTimeOffset[] Times, ChartLine[] Lines, ChartDot[] Dots, ChartUnit Unit)
{
    public bool IsEmpty => Lines.All(line => line.Values.All(value => value is null));
}
