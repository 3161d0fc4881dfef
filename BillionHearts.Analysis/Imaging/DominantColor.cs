namespace BillionHearts.Analysis.Imaging;

/// <summary>
/// The colour of the largest of six clusters of an image's colours: k-means in <see cref="OkLab"/>. The first centres are
/// colours far from each other, so that the same image always gives the same result.
/// </summary>
internal static class DominantColor
{
    private const int Groups = 6;
    private const int Rounds = 8;
    private const int Opaque = 128;

    /// <returns><c>#rrggbb</c>; white when all pixels are transparent.</returns>
    public static string Of(Bitmap bitmap)
    {
        var colors = Colors(bitmap);
        if (colors.Length is 0)
        {
            return "#ffffff";
        }

        var centers = FarApart(colors);
        var sizes = new int[centers.Length];
        for (var round = 0; round < Rounds; round++)
        {
            sizes = Move(centers, colors);
        }

        var (red, green, blue) = centers[Array.IndexOf(sizes, sizes.Max())].ToSrgb();
        return $"#{red:x2}{green:x2}{blue:x2}";
    }

    private static OkLab[] Colors(Bitmap bitmap)
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
