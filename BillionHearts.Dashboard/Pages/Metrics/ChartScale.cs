namespace BillionHearts.Dashboard.Pages.Metrics;

/// <summary>Round numbers at the grid lines, from zero (or below it) to just above the highest value.</summary>
internal readonly record struct ChartScale(double Low, double High, double Step)
{
    public static ChartScale For(IEnumerable<double> values)
    {
        var all = values.DefaultIfEmpty(0).ToList();
        var (low, high) = (Math.Min(0, all.Min()), Math.Max(0, all.Max()));

        if (high - low <= 0)
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

    public double Fraction(double value) => (value - Low) / (High - Low);
}
