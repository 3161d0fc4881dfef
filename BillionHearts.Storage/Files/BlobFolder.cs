using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace BillionHearts.Storage.Files;

/// <summary>
/// The folders of the file store. The file <c>store</c> marks it as a store and distinguishes it from an empty mount
/// point; <c>new</c> holds unfinished files; <c>blobs</c> holds the blobs, by key.
/// </summary>
internal sealed class BlobFolder(IOptions<FileBlobStoreOptions> options)
{
    private const string Format = "billionhearts blobs 1 ";

    private readonly FileBlobStoreOptions _options = options.Value;
    private readonly ConcurrentDictionary<string, bool> _lasting = new();
    private readonly Lock _opening = new();
    private string? _id;

    public string Blobs => Path.Join(_options.Path, "blobs");

    public string Unfinished => Path.Join(_options.Path, "new");

    private string Marker => Path.Join(_options.Path, "store");

    /// <summary>Throws unless the store is available: the folder, its marker, and the same store as when this process first saw it.</summary>
    public void Require()
    {
        var id = ReadMarker();

        lock (_opening)
        {
            // Read again: another thread may have created it. It is never created a second time: a store that has
            // disappeared is a volume that was unmounted.
            id ??= ReadMarker() ?? (_id is null && _options.Initialize ? Initialize() : null);
            _id ??= id;
        }

        if (id is null || id != _id)
        {
            throw new BlobStoreUnavailableException(
                id is null
                    ? $"The folder of {FileBlobStoreOptions.SectionName}:Path is not a blob store: its marker file 'store' is missing. Is its volume mounted? " +
                      $"A new store is created in an empty folder when {FileBlobStoreOptions.SectionName}:Initialize is true."
                    : $"The folder of {FileBlobStoreOptions.SectionName}:Path is a different blob store from the one that this process started with.");
        }
    }

    /// <summary>Throws unless the store is available, if this process has not checked that yet.</summary>
    public void Know()
    {
        if (Volatile.Read(ref _id) is null)
        {
            Require();
        }
    }

    /// <summary>Throws unless the disk has more free space than must stay free.</summary>
    public void RequireRoom()
    {
        var free = new DriveInfo(_options.Path).AvailableFreeSpace;

        if (free < _options.MinimumFree)
        {
            throw new BlobStoreUnavailableException(
                $"The blob store's disk is full: {free} bytes are free, and {_options.MinimumFree} must stay free ({FileBlobStoreOptions.SectionName}:MinimumFree).");
        }
    }

    /// <summary>Creates a folder under <see cref="Blobs"/> if needed and makes it durable, whichever process created it.</summary>
    public void EnsureLasting(string folder)
    {
        if (folder == Blobs || _lasting.ContainsKey(folder))
        {
            return;
        }

        var parent = Path.GetDirectoryName(folder)!;
        EnsureLasting(parent);

        if (Posix.MakeFolder(folder) is var error and not (0 or Posix.Exists))
        {
            throw Posix.Failure(error, "make a folder");
        }

        // Also if it existed: the process that created it may not have synced it yet.
        Posix.Sync(parent);
        _lasting[folder] = true;
    }

    /// <summary>Forgets which folders exist, after one was found missing.</summary>
    public void Forget() => _lasting.Clear();

    private string? ReadMarker()
    {
        try
        {
            var text = File.ReadAllText(Marker).Trim();
            return text.StartsWith(Format, StringComparison.Ordinal)
                ? text[Format.Length..]
                : throw new BlobStoreUnavailableException("The blob store's marker file is damaged, or written by a newer version.");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private string Initialize()
    {
        Directory.CreateDirectory(_options.Path);
        RequireNew();
        Directory.CreateDirectory(Blobs);
        Directory.CreateDirectory(Unfinished);

        var draft = Path.Join(Unfinished, $"{Guid.NewGuid():n}");
        using (var file = new FileStream(draft, FileMode.CreateNew))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes($"{Format}{Guid.NewGuid():n}\n"));
            file.Flush(flushToDisk: true);
        }

        // A link instead of a rename: if two processes start at the same time, one creates the store and the other uses it.
        var error = Posix.Link(draft, Marker);
        Posix.Unlink(draft);

        if (error is not (0 or Posix.Exists))
        {
            throw Posix.Failure(error, "mark the folder as a blob store");
        }

        Posix.Sync(_options.Path);
        Posix.Sync(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(_options.Path)) ?? "/");
        return ReadMarker()!;
    }

    private void RequireNew()
    {
        string[] expected = [Blobs, Unfinished, Marker, Path.Join(_options.Path, "lost+found")];
        var strangers = Directory.EnumerateFileSystemEntries(_options.Path).Except(expected);

        if (strangers.Any() || (Directory.Exists(Blobs) && Directory.EnumerateFileSystemEntries(Blobs).Any() && !File.Exists(Marker)))
        {
            throw new BlobStoreUnavailableException(
                $"The folder of {FileBlobStoreOptions.SectionName}:Path has no marker file and is not empty, so it is not turned into a store.");
        }
    }
}
