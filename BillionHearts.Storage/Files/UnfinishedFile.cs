using System.Text;
using Microsoft.Win32.SafeHandles;

namespace BillionHearts.Storage.Files;

/// <summary>
/// A blob that is being written, in a separate folder. It becomes visible by one atomic operation once it is complete and
/// on the disk, or not at all.
/// </summary>
internal sealed class UnfinishedFile : IDisposable
{
    public const string TypeAttribute = "user.content-type";

    private readonly BlobFolder _folder;
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private long _length;
    private bool _there = true;

    public UnfinishedFile(BlobFolder folder, string contentType)
    {
        folder.RequireRoom();
        _folder = folder;
        _path = Path.Join(folder.Unfinished, $"{Guid.NewGuid():n}");
        _file = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

        // Optional: some file systems have no attributes, and files are served with the content type from the database.
        if (Posix.SetAttribute(_file, TypeAttribute, Encoding.UTF8.GetBytes(contentType)) is var error and not (0 or Posix.NotSupported))
        {
            Dispose();
            throw Posix.Failure(error, "note the type of a file");
        }
    }

    public bool Ended => !_there;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file, bytes, _length);
        _length += bytes.Length;
    }

    /// <summary>Makes it the blob at <paramref name="path"/>; false when the path is taken.</summary>
    public bool Publish(string path)
    {
        if (Finish(path, Posix.Link) is Posix.Exists)
        {
            return false;
        }

        Posix.Sync(Path.GetDirectoryName(path)!);
        Dispose();
        return true;
    }

    /// <summary>Makes it the blob at <paramref name="path"/>, replacing an existing one.</summary>
    public void Replace(string path)
    {
        Finish(path, Posix.Rename);
        _there = false;
        Posix.Sync(Path.GetDirectoryName(path)!);
        Dispose();
    }

    public void Dispose()
    {
        if (_there)
        {
            Posix.Unlink(_path);
            _there = false;
        }

        _file.Dispose();
    }

    private int Finish(string path, Func<string, string, int> step)
    {
        RandomAccess.FlushToDisk(_file);

        var folder = Path.GetDirectoryName(path)!;
        _folder.EnsureLasting(folder);
        var error = step(_path, path);

        if (error is Posix.NoEntry)
        {
            _folder.Forget();
            _folder.EnsureLasting(folder);
            error = step(_path, path);
        }

        return error is 0 or Posix.Exists ? error : throw Posix.Failure(error, "give a file its place");
    }
}
