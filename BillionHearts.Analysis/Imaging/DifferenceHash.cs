using System.Globalization;

namespace BillionHearts.Analysis.Imaging;

/// <summary>
/// The 64-bit difference hash of Neal Krawetz, "Kind of Like That" (Hacker Factor, 2013): the image as 9 × 8 grey pixels, and one bit for each pixel and
/// its right neighbour, 1 where the right one is brighter; row by row, the first bit is the highest. Two images look alike when few bits differ.
/// </summary>
internal static class DifferenceHash
{
    private const int Columns = 9;
    private const int Rows = 8;

    /// <returns>16 lower-case hex digits.</returns>
    public static string Of(Bitmap bitmap)
    {
        var small = bitmap.Shrink(Columns, Rows);
        var hash = 0UL;

        for (var y = 0; y < Rows; y++)
        {
            for (var x = 0; x < Columns - 1; x++)
            {
                hash = hash << 1 | (LumaAt(small, x, y) < LumaAt(small, x + 1, y) ? 1UL : 0UL);
            }
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private static int LumaAt(Bitmap bitmap, int x, int y)
    {
        var pixel = bitmap.Rgba.AsSpan((y * bitmap.Width + x) * 4, 4);
        return Luma.Of(pixel[0], pixel[1], pixel[2], pixel[3]);
    }
}
