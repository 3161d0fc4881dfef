namespace BillionHearts.Api.Platform.Input;

/// <summary>
/// An id in a path. Text that is not a 64-bit number binds as well, to a number that no row has: the caller gets the same answer as for
/// any other unknown id.
/// </summary>
internal readonly record struct RouteId(long Value)
{
    private const long Unknown = -1;

    /// <summary>The digits of the largest id. Leading zeros could make a path as long as a caller likes, and paths are stored with Idempotency-Keys.</summary>
    private const int MaxDigits = 19;

    /// <returns>-1, which no row has, for text that is not a 64-bit number or has more than 19 digits.</returns>
    public static long Parse(string? text) => text?.Length <= MaxDigits && WholeNumber.TryParse(text, out var value) ? value : Unknown;

    public static bool TryParse(string? text, IFormatProvider? provider, out RouteId id)
    {
        id = new RouteId(Parse(text));
        return true;
    }
}
