using System.Globalization;
using BillionHearts.Web.Backend;

namespace BillionHearts.Web.Pages.Photos;

/// <summary>The shape of a photo's tile. As <c>ratioOf</c> of <c>client/src/grid/rows.ts</c>, or the grid would jump when its script takes over.</summary>
internal static class PhotoShape
{
    private const double Narrowest = 0.45;
    private const double Widest = 3.5;

    /// <returns>Width divided by height, to four digits, for a style attribute.</returns>
    public static string RatioOf(LibraryPhoto photo)
    {
        var (width, height) = photo.Analysis is { } found ? (found.Width, found.Height) : (photo.Width, photo.Height);
        var ratio = width > 0 && height > 0 ? (double)width / height : 1;

        return Math.Round(Math.Clamp(ratio, Narrowest, Widest), 4, MidpointRounding.AwayFromZero).ToString(CultureInfo.InvariantCulture);
    }
}
