using System.Buffers;
using System.Security.Cryptography;

namespace BillionHearts.Storage;

/// <summary>Creates the keys of blobs.</summary>
public static class BlobKeys
{
    // File systems allow names of 255 bytes, and the file store uses most of a key as one file name.
    private const int MaxLength = 240;

    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./");

    /// <summary>A new key for an original: <c>originals/yyyy/MM/dd/HH/{128 random bits}</c>. With the hour in the key, a clean-up can list old keys only.</summary>
    public static string NewOriginal(DateTimeOffset now) =>
        FormattableString.Invariant($"originals/{now.UtcDateTime:yyyy'/'MM'/'dd'/'HH}/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}");

    /// <summary>Where a rendition of an original is: the same path under <c>renditions/</c>, so that making it again replaces it.</summary>
    public static string Rendition(string originalKey, string name) => RenditionFile(originalKey, $"{name}.webp");

    /// <inheritdoc cref="Rendition"/>
    /// <param name="fileName">With the file extension of its format.</param>
    public static string RenditionFile(string originalKey, string fileName) => $"renditions/{originalKey["originals/".Length..]}/{fileName}";

    /// <summary>Returns the key, or throws if it is invalid.</summary>
    public static string Require(string key) => IsValid(key)
        ? key
        : throw new ArgumentException($"A key is a path of at most {MaxLength} letters, digits, '-', '_' and '.'; '{key}' is not.", nameof(key));

    /// <summary>Returns the prefix, which may be empty, or throws if it is invalid.</summary>
    public static string RequirePrefix(string prefix) => prefix is "" || IsValid(prefix.EndsWith('/') ? prefix[..^1] : prefix)
        ? prefix
        : throw new ArgumentException($"A prefix is the start of a key; '{prefix}' is not.", nameof(prefix));

    /// <summary>Whether every store accepts this key unchanged: plain characters only, and no segment that a path parser would resolve.</summary>
    public static bool IsValid(string key)
    {
        if (key.Length is 0 or > MaxLength || key.AsSpan().ContainsAnyExcept(s_allowed))
        {
            return false;
        }

        foreach (var segment in key.AsSpan().Split('/'))
        {
            if (key.AsSpan(segment) is "" or "." or "..")
            {
                return false;
            }
        }

        return true;
    }
}
