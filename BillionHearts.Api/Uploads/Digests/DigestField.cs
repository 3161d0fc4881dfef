using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace BillionHearts.Api.Uploads.Digests;

/// <summary>
/// Reads the value of a digest field, which is a dictionary of byte sequences (RFC 9530, 2; RFC 9651, 3.2):
/// <c>sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:, md5=:…:</c>. If a name occurs twice, the last value counts.
/// </summary>
internal ref struct DigestField(ReadOnlySpan<char> text)
{
    private static readonly SearchValues<char> s_name = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.*");

    private ReadOnlySpan<char> _rest = text;

    /// <param name="fault">What is wrong, as the end of a sentence.</param>
    public static bool TryRead(string text, IDictionary<string, byte[]> digests, [NotNullWhen(false)] out string? fault)
    {
        var field = new DigestField(text.AsSpan().Trim(' '));

        while (field.TryReadMember(digests, out fault))
        {
            field._rest = field._rest.TrimStart(" \t");

            if (field._rest.IsEmpty)
            {
                return true;
            }

            if (field._rest[0] is not ',')
            {
                fault = $"has '{field._rest[0]}' where a comma is expected";
                return false;
            }

            field._rest = field._rest[1..].TrimStart(" \t");
        }

        return false;
    }

    private bool TryReadMember(IDictionary<string, byte[]> digests, [NotNullWhen(false)] out string? fault)
    {
        var length = _rest.IndexOfAnyExcept(s_name);
        var name = length < 0 ? "" : _rest[..length].ToString();

        if (name.Length is 0 || name[0] is not (>= 'a' and <= 'z' or '*'))
        {
            fault = "has no algorithm name in lower case where one is expected";
            return false;
        }

        _rest = _rest[length..];

        if (!_rest.StartsWith("=:") || _rest[2..].IndexOf(':') is var end && end < 0)
        {
            fault = $"has no value of the form :base64: for {name}";
            return false;
        }

        var digest = new byte[end];

        if (!Convert.TryFromBase64Chars(_rest.Slice(2, end), digest, out var written))
        {
            fault = $"has a value for {name} that is not base64";
            return false;
        }

        digests[name] = digest[..written];
        _rest = _rest[(end + 3)..];
        fault = null;
        return true;
    }
}
