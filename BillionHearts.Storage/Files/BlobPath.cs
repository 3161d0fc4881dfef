namespace BillionHearts.Storage.Files;

/// <summary>
/// Where a key is under <c>blobs</c>: <c>originals/2026/03/05/01/abc</c> is the file <c>originals/2026/03/05/01/=abc</c>, and
/// <c>renditions/2026/03/05/01/abc/thumb.webp</c> is <c>renditions/2026/03/05/01/=abc=thumb.webp</c>. There is one folder
/// per hour and none per image. Keys never contain '=', so no name is used for both a file and a folder.
/// </summary>
internal static class BlobPath
{
    private const int Folders = 5;
    private const char Mark = '=';

    public static string Of(string key)
    {
        var segments = BlobKeys.Require(key).Split('/');
        var folders = Math.Min(segments.Length - 1, Folders);

        return string.Join('/', [.. segments[..folders], Mark + string.Join(Mark, segments[folders..])]);
    }

    public static bool IsBlob(string name) => name.StartsWith(Mark);

    /// <summary>The last part of a blob's key, after the key of its folder.</summary>
    public static string KeyPart(string name) => name[1..].Replace(Mark, '/');
}
