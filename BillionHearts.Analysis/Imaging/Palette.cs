using BillionHearts.Contracts;

namespace BillionHearts.Analysis.Imaging;

/// <summary>
/// The main colours of an image: six clusters of its colours, by k-means in <see cref="OkLab"/>. The first centres are colours far from each other, so
/// that the same image always gives the same result. The dominant colour is that of the largest cluster.
/// </summary>
/// <param name="Dominant"><c>#rrggbb</c>; white when all pixels are transparent.</param>
/// <param name="Colors">See <see cref="ImageAnalysis.Palette"/>.</param>
internal sealed record Palette(string Dominant, IReadOnlyList<PaletteColor> Colors)
{
    private const int Groups = 6;
    private const int Rounds = 8;
    private const int Opaque = 128;
    private const double SmallestShare = 0.01;
    private const int ShareDigits = 4;

    // The square of 0.02, the smallest difference in Oklab that can be seen (CSS Color Module Level 4, "JND").
    private const double SameColor = 0.0004;

    public static Palette Of(Bitmap bitmap)
    {
        var colors = Opaques(bitmap);
        if (colors.Length is 0)
        {
            return new Palette("#ffffff", []);
        }

        var centers = FarApart(colors);
        var sizes = new int[centers.Length];
        for (var round = 0; round < Rounds; round++)
        {
            sizes = Move(centers, colors);
        }

        var dominant = centers[Array.IndexOf(sizes, sizes.Max())];
        return new Palette(Hex(dominant), [.. Distinct(dominant, centers, sizes).Select(group => new PaletteColor(Hex(group.Center), Share(group.Size)))]);

        double Share(int size) => Math.Round((double)size / colors.Length, ShareDigits);
    }

    /// <summary>Joins each cluster to a larger one of which it cannot be told apart. The dominant colour stays first, even if others together are larger.</summary>
    private static IEnumerable<(OkLab Center, int Size)> Distinct(OkLab dominant, OkLab[] centers, int[] sizes)
    {
        List<(OkLab Center, int Size)> groups = [];
        foreach (var (center, size) in centers.Zip(sizes).OrderByDescending(cluster => cluster.Second))
        {
            var similar = groups.FindIndex(group => group.Center.DistanceTo(center) < SameColor);
            if (similar < 0)
            {
                groups.Add((center, size));
            }
            else
            {
                groups[similar] = (groups[similar].Center, groups[similar].Size + size);
            }
        }

        var smallest = sizes.Sum() * SmallestShare;
        return groups.Where(group => group.Size >= smallest).OrderByDescending(group => group.Center == dominant).ThenByDescending(group => group.Size);
    }

    private static string Hex(OkLab color)
    {
        var (red, green, blue) = color.ToSrgb();
        return $"#{red:x2}{green:x2}{blue:x2}";
    }

    private static OkLab[] Opaques(Bitmap bitmap)
    {
        var rgba = bitmap.Rgba;
        List<OkLab> colors = [];
        for (var j = 0; j < rgba.Length; j += 4)
        {
            if (rgba[j + 3] >= Opaque)
            {
                colors.Add(OkLab.FromSrgb(rgba[j], rgba[j + 1], rgba[j + 2]));
            }
        }

        return [.. colors];
    }

    private static OkLab[] FarApart(OkLab[] colors)
    {
        List<OkLab> centers = [colors[0]];
        var distances = Array.ConvertAll(colors, color => color.DistanceTo(colors[0]));

        while (centers.Count < Groups && Array.IndexOf(distances, distances.Max()) is var farthest && distances[farthest] > 0)
        {
            var center = colors[farthest];
            centers.Add(center);
            for (var i = 0; i < colors.Length; i++)
            {
                distances[i] = Math.Min(distances[i], colors[i].DistanceTo(center));
            }
        }

        return [.. centers];
    }

    /// <summary>Moves each centre to the mean of the colours nearest to it, and returns how many those are.</summary>
    private static int[] Move(OkLab[] centers, OkLab[] colors)
    {
        var sums = new OkLab[centers.Length];
        var sizes = new int[centers.Length];

        foreach (var color in colors)
        {
            var nearest = 0;
            for (var i = 1; i < centers.Length; i++)
            {
                nearest = color.DistanceTo(centers[i]) < color.DistanceTo(centers[nearest]) ? i : nearest;
            }

            var sum = sums[nearest];
            sums[nearest] = new(sum.L + color.L, sum.A + color.A, sum.B + color.B);
            sizes[nearest]++;
        }

        for (var i = 0; i < centers.Length; i++)
        {
            centers[i] = sizes[i] is 0 ? centers[i] : new(sums[i].L / sizes[i], sums[i].A / sizes[i], sums[i].B / sizes[i]);
        }

        return sizes;
    }
}
