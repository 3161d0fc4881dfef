namespace BillionHearts.Dashboard.Pages.Metrics;

/// <summary>Round numbers at the grid lines, from zero (or below it) to just above the highest value.</summary>
internal readonly record struct ChartScale(double Low, double High, double Step)
{
    // Beyond these, differences and steps are no numbers any more.
    private const double Largest = 1e300;
    private const double Smallest = 1e-300;

    public static ChartScale For(IEnumerable<double> values)
    {
        var all = values.DefaultIfEmpty(0).ToList();
        var (low, high) = (Math.Clamp(all.Min(), -Largest, 0), Math.Clamp(all.Max(), 0, Largest));

        if (high - low <= Smallest)
        {
            high = low + 1;
        }

        var raw = (high - low) / 4;
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = new[] { 1, 2, 2.5, 5, 10 }.Select(factor => factor * magnitude).First(candidate => candidate >= raw * 0.999);
        return new(Math.Floor(low / step) * step, Math.Ceiling(high / step) * step, step);
    }

    public IEnumerable<double> Lines
    {
        get
        {
            for (var i = 0; Low + (i * Step) <= High + (Step / 2) && i < 20; i++)
            {
                yield return Low + (i * Step);
            }
        }
    }

    public double Fraction(double value) => (Math.Clamp(value, Low, High) - Low) / (High - Low);
}
