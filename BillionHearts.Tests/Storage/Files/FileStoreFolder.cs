using BillionHearts.Storage;
using BillionHearts.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Storage;

/// <summary>A folder for a file store, and the stores on it, each as a process of its own would open it.</summary>
internal sealed class FileStoreFolder : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("blobs-");

    public FileStoreFolder() => Path = System.IO.Path.Join(_parent.FullName, "store");

    public string Path { get; }

    public IEnumerable<string> Unfinished => Directory.EnumerateFiles(System.IO.Path.Join(Path, "new"));

    public FileBlobStore Open(bool initialize = true, long minimumFree = 0, TimeSpan? timeout = null) =>
        Open(Path, initialize, minimumFree, timeout);

    public static FileBlobStore Open(string path, bool initialize = true, long minimumFree = 0, TimeSpan? timeout = null)
    {
        var options = Options.Create(new BlobStoreOptions { BlockSize = 64 * 1024, Timeout = timeout ?? TimeSpan.FromSeconds(6) });
        var files = Options.Create(new FileBlobStoreOptions { Path = path, Initialize = initialize, MinimumFree = minimumFree, Parallelism = 8 });
        return new FileBlobStore(new BlobFolder(files), new FileCalls(options, files), options);
    }

    public LeftOvers LeftOvers(TimeProvider clock)
    {
        var files = Options.Create(new FileBlobStoreOptions { Path = Path });
        return new LeftOvers(
            new BlobFolder(files), new FileCalls(Options.Create(new BlobStoreOptions()), files), clock, files, NullLogger<LeftOvers>.Instance);
    }

    public void Dispose() => _parent.Delete(recursive: true);
}
