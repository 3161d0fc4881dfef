using BillionHearts.Contracts;
using BillionHearts.Storage;

namespace BillionHearts.Api.Platform.Blobs;

/// <summary>The keys of the blobs that belong to one original. They have its path under other roots, so that one key gives all the others.</summary>
internal static class BlobFamily
{
    public const string Originals = "originals/";
    public const string Renditions = "renditions/";

    /// <summary>Uploads that a client sends directly to the store, before they are checked and become originals.</summary>
    public const string Incoming = "incoming/";

    public static bool IsOriginal(string key) => key.StartsWith(Originals, StringComparison.Ordinal);

    public static IEnumerable<string> RenditionsOf(string original) =>
        [BlobKeys.Rendition(original, StoredRendition.Thumb), BlobKeys.Rendition(original, StoredRendition.Preview)];

    /// <summary>The key for a direct upload of the image that has reserved this original.</summary>
    public static string IncomingOf(string original) => Incoming + original[Originals.Length..];

    /// <summary>The original that a blob belongs to, or the key itself when it is an original; <see langword="null"/> for a key of another form.</summary>
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
