using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace BillionHearts.Notifications.Webhooks.Addresses;

/// <summary>
/// The text of an address. It is matched as it was written, in one narrow form, before a parser of URLs sees it: parsers differ in what they make of the
/// rest (WHATWG URL and RFC 3986), and the difference is where attacks are.
/// </summary>
internal static partial class WebhookUrl
{
    public const int MaxLength = 2048;

    private const int MaxHostLength = 253;

    private const int MaxShown = 100;

    // Names that lead into a network of its own (RFC 6761, RFC 6762, RFC 7686, RFC 8375), or to nothing.
    private static readonly string[] s_localSuffixes =
    [
        ".localhost", ".local", ".localdomain", ".internal", ".intranet", ".private", ".corp", ".home", ".lan", ".arpa", ".onion", ".test", ".example", ".invalid",
    ];

    private static readonly string[] s_metadataLabels = ["metadata", "instance-data"];

    /// <summary>What is wrong with the text, as the end of a sentence that begins with the field's name; null when nothing is.</summary>
    /// <param name="allowsLoopback">Whether http, any port and the local machine are permitted.</param>
    public static string? FindFault(string text, bool allowsLoopback, out Uri? url)
    {
        url = null;

        if (text.Length > MaxLength)
        {
            return $"must have at most {MaxLength} characters, not {text.Length}";
        }

        if (text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return "must consist of visible ASCII characters. Write an international host name in its xn-- form";
        }

        if (Form().Match(text) is not { Success: true } parts)
        {
            return $"must have the form https://host/path, without a user name, a fragment or a backslash, not '{Shorten(text)}'";
        }

        var host = parts.Groups["host"].Value.ToLowerInvariant();
        var isLocal = allowsLoopback && IsLoopback(host);
        var fault = FindSchemeFault(parts.Groups["scheme"].Value, isLocal)
            ?? (isLocal ? null : FindHostFault(host))
            ?? FindPortFault(parts.Groups["port"], isLocal);

        if (fault is not null)
        {
            return fault;
        }

        // The parser that connects must see the host that was checked here.
        return Uri.TryCreate(text, UriKind.Absolute, out url) && url.IdnHost == host.Trim('[', ']')
            ? null
            : $"must be a URL, not '{Shorten(text)}'";
    }

    private static string? FindSchemeFault(string scheme, bool isLocal) =>
        scheme.ToLowerInvariant() is "https" || (isLocal && scheme.ToLowerInvariant() is "http") ? null : $"must begin with https://, not {Shorten(scheme)}://";

    private static string? FindPortFault(Group port, bool isLocal) =>
        !port.Success || (ushort.TryParse(port.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (number is 443 or 8443 || (isLocal && number is not 0)))
            ? null
            : $"may have the port 443 or 8443, not {port.Value}";

    private static string? FindHostFault(string host)
    {
        if (host.StartsWith('['))
        {
            return IPAddress.TryParse(host, out var v6) && PublicAddresses.Contain(v6) ? null : NotPublic(host);
        }

        var labels = host.Split('.');

        if (EndsInNumber(labels[^1]))
        {
            // 127.1, 0x7f.1 and 2130706433 are addresses too. Only the plain form is accepted, because it is read in one way.
            return TryParsePlain(host, out var v4) && PublicAddresses.Contain(v4) ? null : NotPublic(host);
        }

        if (host.Length > MaxHostLength || labels.Any(label => label is "" or { Length: > 63 } || label.StartsWith('-') || label.EndsWith('-')))
        {
            return $"must have a valid host name without a dot at its end, not '{Shorten(host)}'";
        }

        return labels.Length is 1 || s_metadataLabels.Contains(labels[0]) || s_localSuffixes.Any(suffix => host.EndsWith(suffix, StringComparison.Ordinal))
            ? NotPublic(host)
            : null;
    }

    /// <summary>WHATWG URL, 3.5: a host whose last label is a number is an IPv4 address.</summary>
    private static bool EndsInNumber(string label) =>
        label.Length > 0 && (label.All(char.IsAsciiDigit) || (label.StartsWith("0x", StringComparison.Ordinal) && label.Skip(2).All(char.IsAsciiHexDigit)));

    private static bool TryParsePlain(string host, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(host, out address) && address.ToString() == host;

    private static bool IsLoopback(string host) => host is "localhost" or "[::1]" || (TryParsePlain(host, out var address) && IPAddress.IsLoopback(address));

    private static string NotPublic(string host) => $"must lead to a public address, which '{Shorten(host)}' does not";

    private static string Shorten(string text) => text.Length <= MaxShown ? text : string.Concat(text.AsSpan(0, MaxShown), "…");

    /// <example><c>https://hooks.example.com:8443/photos?key=1</c></example>
    [GeneratedRegex(@"^(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(?<port>[0-9]{1,5}))?(?:[/?][^#\\]*)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
