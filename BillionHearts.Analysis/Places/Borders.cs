namespace BillionHearts.Analysis.Places;

/// <summary>A country or a part of one.</summary>
/// <param name="Country">Index of the country.</param>
/// <param name="Rings">Longitude and latitude in turn, in <see cref="Borders.Steps"/>; a ring inside another one is a hole.</param>
internal sealed record Area(byte Country, int[][] Rings)
{
    private readonly (int Left, int Bottom, int Right, int Top) _box = (
        Rings.Min(ring => Even(ring).Min()), Rings.Min(ring => Odd(ring).Min()), Rings.Max(ring => Even(ring).Max()), Rings.Max(ring => Odd(ring).Max()));

    public bool Contains(double x, double y) =>
        x >= _box.Left && x <= _box.Right && y >= _box.Bottom && y <= _box.Top && Rings.Sum(ring => Crossings(ring, x, y)) % 2 is 1;

    /// <summary>How many sides lie to the right of the point, on its own latitude.</summary>
    private static int Crossings(int[] ring, double x, double y)
    {
        var count = 0;

        for (int i = 0, j = ring.Length - 2; i < ring.Length; j = i, i += 2)
        {
            var (x1, y1, x2, y2) = (ring[i], ring[i + 1], ring[j], ring[j + 1]);

            if (y1 > y != y2 > y && x < (x2 - (double)x1) * (y - y1) / (y2 - (double)y1) + x1)
            {
                count++;
            }
        }

        return count;
    }

    private static IEnumerable<int> Even(int[] ring) => ring.Where((_, i) => i % 2 is 0);

    private static IEnumerable<int> Odd(int[] ring) => ring.Where((_, i) => i % 2 is 1);
}

/// <summary>The countries' areas, with their waters.</summary>
internal sealed class Borders(IReadOnlyList<Area> areas)
{
    /// <summary>Steps in a degree.</summary>
    public const double Steps = 100_000;

    // Areas end at the antimeridian or up to 100 m before it.
    private const double EasternEnd = 179.999;

    /// <returns>Index of the country; null on the high seas.</returns>
    public byte? CountryAt(double latitude, double longitude)
    {
        var (x, y) = (Math.Clamp(longitude, -EasternEnd, EasternEnd) * Steps, latitude * Steps);

        foreach (var area in areas)
        {
            if (area.Contains(x, y))
            {
                return area.Country;
            }
        }

        return null;
    }
}
