using System.Buffers;
using System.Security.Cryptography;

namespace BillionHearts.Storage;

/// <summary>Makes the keys that blobs are stored under.</summary>
public static class BlobKeys
{
    private const int MaxLength = 512;

    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./");

    /// <summary>A new key for an original: <c>originals/yyyy/MM/dd/HH/{128 random bits}</c>. The hour lets a collector list only what is old.</summary>
    public static string NewOriginal(DateTimeOffset now) =>
        FormattableString.Invariant($"originals/{now.UtcDateTime:yyyy'/'MM'/'dd'/'HH}/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}");

    /// <summary>Where a rendition of an original is: the same path under <c>renditions/</c>, so that making it again replaces it.</summary>
    public static string Rendition(string originalKey, string name) => $"renditions/{originalKey["originals/".Length..]}/{name}.webp";

    /// <summary>Whether every store takes this key as it stands: plain characters, and no segment that a path parser would resolve.</summary>
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
