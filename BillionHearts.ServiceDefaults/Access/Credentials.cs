using Microsoft.Extensions.Primitives;

namespace BillionHearts.ServiceDefaults.Access;

/// <summary>The form of an Authorization header, before anybody looks at what it says.</summary>
public static class Credentials
{
    /// <summary>As long as a line that the gateway lets through.</summary>
    public const int MaxLength = 8 * 1024;

    /// <summary>
    /// Whether these are credentials that can be passed on in a request of our own: one header, in visible ASCII (RFC 9110, 11.4). An HTTP client throws on
    /// anything else, and a header of nearly the size that one server accepts is too large for the next. No token has such a form, so it is invalid as well.
    /// </summary>
    public static bool AreWellFormed(StringValues authorization) =>
        authorization is [{ Length: > 0 and <= MaxLength } credentials] && !credentials.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
