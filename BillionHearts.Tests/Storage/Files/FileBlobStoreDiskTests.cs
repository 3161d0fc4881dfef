using System.Diagnostics;
using BillionHearts.Storage;

namespace BillionHearts.Tests.Storage;

/// <summary>The file store on disks that are full or read-only. They are real ones, so only root can have them.</summary>
public sealed class FileBlobStoreDiskTests : IAsyncLifetime
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("disk-");
    private readonly List<string> _mounted = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Mounting a small disk needs root.");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var disk in _mounted)
        {
            await RunAsync("umount", "--lazy", disk);
        }

        _parent.Delete(recursive: true);
    }

    [Fact]
    public async Task A_full_disk_refuses_uploads_without_leftovers_until_there_is_room_again()
    {
        var disk = await MountAsync();
        var store = FileStoreFolder.Open(disk);
        List<string> stored = [];

        var exception = await Assert.ThrowsAsync<BlobStoreUnavailableException>(async () =>
        {
            while (true)
            {
                var key = BlobKeys.NewOriginal(TimeProvider.System.GetUtcNow());
                await store.CreateAsync(key, new TricklingStream(new byte[300_000]), "image/jpeg", Cancel);
                stored.Add(key);
            }
        });

        Assert.Contains("disk is full", exception.Message, StringComparison.Ordinal);
        Assert.Equal(stored.Order(StringComparer.Ordinal), await store.ListAsync("", null, Cancel).Select(blob => blob.Key).ToListAsync(Cancel));
        Assert.Empty(Directory.EnumerateFiles(Path.Join(disk, "new")));
        await store.PingAsync(Cancel);

        Assert.True(await store.DeleteAsync(stored[0], Cancel));
        await store.CreateAsync(stored[0], new TricklingStream(new byte[300_000]), "image/jpeg", Cancel);
        Assert.Equal(300_000, (await BlobStoreCompliance.ReadAsync(store, stored[0]))!.Length);
    }

    [Fact]
    public async Task A_read_only_disk_refuses_uploads_and_is_still_read()
    {
        var disk = await MountAsync();
        var store = FileStoreFolder.Open(disk);
        await store.WriteAsync("a", new byte[] { 1 }, "image/jpeg", Cancel);

        await RunAsync("mount", "-o", "remount,ro", disk);

        var exception = await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => store.CreateAsync("b", new TricklingStream([1]), "image/jpeg", Cancel));
        Assert.Contains("read-only", exception.Message, StringComparison.Ordinal);
        Assert.Equal([1], await BlobStoreCompliance.ReadAsync(store, "a"));
    }

    private async Task<string> MountAsync()
    {
        var disk = _parent.CreateSubdirectory("mount").FullName;
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk);
        _mounted.Add(disk);
        return disk;
    }

    private static async Task RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode is 0, $"{command} {string.Join(' ', arguments)}: {error}");
    }
}
