using BillionHearts.Storage;
using BillionHearts.Storage.Files;
using Microsoft.Extensions.Time.Testing;

namespace BillionHearts.Tests.Storage;

public sealed class FileBlobStoreTests : BlobStoreCompliance, IDisposable
{
    private readonly FileStoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override Task<IBlobStore> OpenAsync() => Task.FromResult<IBlobStore>(_folder.Open());

    // The address names no machine and no folder: it is the same wherever the store is.
    protected override Uri AtAnotherPort(Uri address) => address;

    [Fact]
    public async Task Originals_and_renditions_are_plain_files_without_a_folder_of_their_own()
    {
        var store = _folder.Open();

        await store.WriteAsync("originals/2026/03/05/01/abc", new byte[] { 1, 2 }, "image/jpeg", Cancel);
        await store.WriteAsync("renditions/2026/03/05/01/abc/thumb.webp", new byte[] { 3 }, "image/webp", Cancel);

        Assert.Equal([1, 2], await File.ReadAllBytesAsync($"{_folder.Path}/blobs/originals/2026/03/05/01/=abc", Cancel));
        Assert.Equal([3], await File.ReadAllBytesAsync($"{_folder.Path}/blobs/renditions/2026/03/05/01/=abc=thumb.webp", Cancel));
    }

    [Fact]
    public async Task Several_processes_that_start_at_once_on_a_new_folder_make_one_store()
    {
        var stores = Enumerable.Range(0, 8).Select(_ => _folder.Open()).ToArray();

        await Task.WhenAll(stores.Select(store => store.PingAsync(Cancel)));
        await stores[0].WriteAsync("a", new byte[] { 1 }, "image/jpeg", Cancel);

        Assert.All(await Task.WhenAll(stores.Select(store => ReadAsync(store, "a"))), read => Assert.Equal([1], read));
        await Task.WhenAll(stores.Select(store => store.PingAsync(Cancel)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_missing_volume_fails_every_call_and_its_mount_point_stays_empty(bool initialize)
    {
        await _folder.Open().WriteAsync("a", new byte[] { 1 }, "image/jpeg", Cancel);
        var store = _folder.Open(initialize);
        Assert.Equal([1], await ReadAsync(store, "a"));

        Directory.Move(_folder.Path, _folder.Path + "-away");
        Directory.CreateDirectory(_folder.Path);

        await EveryCallIsUnavailableAsync(store);
        await EveryCallIsUnavailableAsync(_folder.Open(initialize: false));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));

        Directory.Delete(_folder.Path);
        Directory.Move(_folder.Path + "-away", _folder.Path);
        Assert.Equal([1], await ReadAsync(store, "a"));
    }

    [Fact]
    public async Task Another_store_in_the_place_of_the_expected_one_is_unavailable()
    {
        var store = _folder.Open();
        await store.PingAsync(Cancel);
        Directory.Move(_folder.Path, _folder.Path + "-away");
        await _folder.Open().PingAsync(Cancel);

        await EveryCallIsUnavailableAsync(store);
    }

    [Fact]
    public async Task No_store_is_made_of_a_folder_that_holds_something_else()
    {
        Directory.CreateDirectory(_folder.Path);
        await File.WriteAllTextAsync($"{_folder.Path}/letters.txt", "dear", Cancel);

        var exception = await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => _folder.Open().PingAsync(Cancel));

        Assert.Contains("is not empty", exception.Message, StringComparison.Ordinal);
        Assert.Equal([$"{_folder.Path}/letters.txt"], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Uploads_leave_the_reserved_space_free_and_other_calls_go_on()
    {
        await _folder.Open().WriteAsync("a", new byte[] { 1 }, "image/jpeg", Cancel);
        var store = _folder.Open(minimumFree: long.MaxValue);

        var exception = await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => store.CreateAsync("b", new TricklingStream([1]), "image/jpeg", Cancel));

        Assert.Contains("BlobStore:Files:MinimumFree", exception.Message, StringComparison.Ordinal);
        await store.PingAsync(Cancel);
        Assert.Equal([1], await ReadAsync(store, "a"));
        Assert.True(await store.DeleteAsync("a", Cancel));
    }

    [Fact]
    public async Task Unfinished_files_are_removed_after_their_time_and_not_before()
    {
        var store = _folder.Open();
        await store.WriteAsync("a", new byte[] { 1 }, "image/jpeg", Cancel);
        await File.WriteAllTextAsync($"{_folder.Path}/new/left-over", "half", Cancel);
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());

        Assert.Equal(0, await _folder.LeftOvers(clock).RemoveAsync(Cancel));
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(1, await _folder.LeftOvers(clock).RemoveAsync(Cancel));

        Assert.Empty(_folder.Unfinished);
        Assert.Equal([1], await ReadAsync(store, "a"));
    }

    [Fact]
    public async Task A_reader_finishes_reading_a_file_that_is_removed_meanwhile()
    {
        var store = _folder.Open();
        await store.WriteAsync("a", new byte[] { 1, 2, 3 }, "image/jpeg", Cancel);
        await using var stream = await store.OpenReadAsync("a", 0, null, Cancel);

        await store.DeleteAsync("a", Cancel);

        var bytes = new byte[3];
        await stream!.ReadExactlyAsync(bytes, Cancel);
        Assert.Equal([1, 2, 3], bytes);
    }

    [Fact]
    public async Task A_folder_that_was_removed_is_made_again()
    {
        var store = _folder.Open();
        await store.WriteAsync("a/b/c", new byte[] { 1 }, "image/jpeg", Cancel);
        Directory.Delete($"{_folder.Path}/blobs/a", recursive: true);

        await store.CreateAsync("a/b/c", new TricklingStream([2]), "image/jpeg", Cancel);

        Assert.Equal([2], await ReadAsync(store, "a/b/c"));
        Assert.Empty(_folder.Unfinished);
    }

    private static async Task EveryCallIsUnavailableAsync(FileBlobStore store)
    {
        Func<Task>[] calls =
        [
            () => store.PingAsync(Cancel),
            () => store.CreateAsync("b/c", new TricklingStream(new byte[10]), "image/jpeg", Cancel),
            () => store.WriteAsync("a", new byte[10], "image/jpeg", Cancel),
            () => store.OpenReadAsync("a", 0, null, Cancel),
            () => store.GetPropertiesAsync("a", Cancel),
            () => store.ListAsync("", null, Cancel).ToListAsync(Cancel).AsTask(),
            () => store.DeleteAsync("a", Cancel),
        ];

        foreach (var call in calls)
        {
            await Assert.ThrowsAsync<BlobStoreUnavailableException>(call);
        }
    }
}
