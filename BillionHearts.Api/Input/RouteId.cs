using System.Globalization;

namespace BillionHearts.Api.Input;

/// <summary>
/// An id in a path. What is no number of 64 bits binds too, as a number that no row has: to a caller it is an unknown id
/// like any other, with the same answer.
/// </summary>
internal readonly record struct RouteId(long Value)
{
    private const long Nobody = -1;

    public static bool TryParse(string? text, IFormatProvider? provider, out RouteId id)
    {
        id = new RouteId(long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : Nobody);
        return true;
    }
}
