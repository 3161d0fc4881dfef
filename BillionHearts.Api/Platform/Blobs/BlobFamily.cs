using BillionHearts.Contracts;
using BillionHearts.Storage;

namespace BillionHearts.Api.Platform.Blobs;

/// <summary>The blobs that stand and fall with one original: they have its path under other roots, so that one name leads to all of them.</summary>
internal static class BlobFamily
{
    public const string Originals = "originals/";
    public const string Renditions = "renditions/";

    /// <summary>What a client sends to the store itself, before it is checked and becomes an original.</summary>
    public const string Incoming = "incoming/";

    public static bool IsOriginal(string key) => key.StartsWith(Originals, StringComparison.Ordinal);

    public static IEnumerable<string> RenditionsOf(string original) =>
        [BlobKeys.Rendition(original, StoredRendition.Thumb), BlobKeys.Rendition(original, StoredRendition.Preview)];

    /// <summary>Where the bytes of an image are sent to that has reserved this original.</summary>
    public static string IncomingOf(string original) => Incoming + original[Originals.Length..];

    /// <summary>The original that a blob belongs to, itself when it is one; <see langword="null"/> for a key of another form.</summary>
    public static string? OriginalOf(string key)
    {
        if (IsOriginal(key))
        {
            return key;
        }

        if (key.StartsWith(Incoming, StringComparison.Ordinal))
        {
            return Originals + key[Incoming.Length..];
        }

        return key.StartsWith(Renditions, StringComparison.Ordinal) && key.LastIndexOf('/') is var end && end > Renditions.Length
            ? Originals + key[Renditions.Length..end]
            : null;
    }
}
