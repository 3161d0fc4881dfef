using System.Text;
using Microsoft.Extensions.Primitives;

namespace BillionHearts.ServiceDefaults.Access;

/// <summary>The form of an Authorization header.</summary>
public static class Credentials
{
    /// <summary>The limit of the gateway for a header line.</summary>
    public const int MaxLength = 8 * 1024;

    /// <summary>
    /// Whether credentials can be passed on to another service: one header in visible ASCII (RFC 9110, 11.4) within the limit. An HTTP client throws on other
    /// characters, and a header that just fits one server's limit may exceed the next one's. No valid token has such a form.
    /// </summary>
    public static bool AreWellFormed(StringValues authorization) =>
        authorization is [{ Length: > 0 and <= MaxLength } credentials] && !credentials.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>
    /// How Kestrel decodes a header. In Latin-1 every byte is a character, so that a service can refuse malformed credentials as an invalid token; bytes that
    /// are not UTF-8, the default, would get a 400 without a body.
    /// </summary>
    internal static Encoding? EncodingOf(string header) => header.Equals("Authorization", StringComparison.OrdinalIgnoreCase) ? Encoding.Latin1 : null;
}
