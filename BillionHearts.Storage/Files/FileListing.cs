using System.Runtime.CompilerServices;

namespace BillionHearts.Storage.Files;

/// <summary>Walks the folders in the order of the keys, one folder's names in memory at a time.</summary>
internal sealed class FileListing(BlobFolder folder, FileCalls calls)
{
    private const int FilesPerCall = 256;

    public async IAsyncEnumerable<ListedBlob> ListAsync(string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await calls.RunAsync("list", folder.Require, cancellationToken);

        await foreach (var blob in WalkAsync("", new Range(prefix, after), cancellationToken))
        {
            yield return blob;
        }

        // If the volume was unmounted meanwhile, that looks like the end of the listing.
        await calls.RunAsync("list", folder.Require, cancellationToken);
    }

    private async IAsyncEnumerable<ListedBlob> WalkAsync(string key, Range range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var entries = await calls.RunAsync("list", _ => Entries(key, range), cancellationToken);

        for (var next = 0; next < entries.Count;)
        {
            var files = entries.Skip(next).TakeWhile(entry => !entry.IsFolder).Take(FilesPerCall).ToList();
            next += files.Count;

            foreach (var blob in files.Count is 0 ? [] : await calls.RunAsync("list", _ => files.Select(Blob).OfType<ListedBlob>().ToList(), cancellationToken))
            {
                yield return blob;
            }

            if (files.Count is 0)
            {
                await foreach (var blob in WalkAsync(entries[next].Key, range, cancellationToken))
                {
                    yield return blob;
                }

                next++;
            }
        }
    }

    /// <summary>The blobs and subfolders of a folder, limited to those within the range.</summary>
    private List<Entry> Entries(string key, Range range)
    {
        var entries = new DirectoryInfo(Path.Join(folder.Blobs, key))
            .EnumerateFileSystemInfos()
            .Select(info => info is FileInfo file
                ? new Entry(BlobPath.IsBlob(file.Name) ? key + BlobPath.KeyPart(file.Name) : "", file)
                : new Entry($"{key}{info.Name}/", null))
            .Where(entry => entry.IsFolder ? range.MayHold(entry.Key) : range.Holds(entry.Key))
            .ToList();

        entries.Sort((one, other) => string.CompareOrdinal(one.Key, other.Key));
        return entries;
    }

    private static ListedBlob? Blob(Entry entry)
    {
        try
        {
            return new ListedBlob(entry.Key, entry.File!.Length, entry.File.LastWriteTimeUtc);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private sealed record Entry(string Key, FileInfo? File)
    {
        public bool IsFolder => File is null;
    }

    private sealed record Range(string Prefix, string? After)
    {
        public bool Holds(string key) =>
            key.Length > 0 && key.StartsWith(Prefix, StringComparison.Ordinal) && string.CompareOrdinal(key, After) > 0;

        public bool MayHold(string folder) =>
            (folder.StartsWith(Prefix, StringComparison.Ordinal) || Prefix.StartsWith(folder, StringComparison.Ordinal))
            && (string.CompareOrdinal(folder, After) > 0 || After!.StartsWith(folder, StringComparison.Ordinal));
    }
}
