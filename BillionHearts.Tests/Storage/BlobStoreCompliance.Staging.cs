using System.Security.Cryptography;
using BillionHearts.Storage;
using BillionHearts.Storage.Staging;

namespace BillionHearts.Tests.Storage;

public abstract partial class BlobStoreCompliance
{
    [Fact]
    public async Task Parts_that_arrived_at_several_replicas_in_any_order_become_one_blob()
    {
        var store = await OpenAsync();
        var (one, other) = (new StagedUploads(store), new StagedUploads(store));
        var (upload, key) = (NewUpload(), NewKey());
        byte[][] contents = [RandomNumberGenerator.GetBytes(BlockSize + 1), [], RandomNumberGenerator.GetBytes(3), RandomNumberGenerator.GetBytes(2 * BlockSize)];

        var parts = new StagedPart[contents.Length];
        foreach (var number in new[] { 2, 0, 3, 1 })
        {
            parts[number] = await (number % 2 is 0 ? one : other).StageAsync(upload, number, contents[number], Cancel);
        }

        await other.CommitAsync(upload, parts, key, "image/jpeg", Cancel);

        Assert.Equal(contents.SelectMany(content => content), await ReadAsync(store, key));
        Assert.Equal("image/jpeg", (await store.GetPropertiesAsync(key, Cancel))!.ContentType);
    }

    [Fact]
    public async Task A_part_sent_again_is_the_same_part_and_one_with_other_bytes_changes_nothing()
    {
        var store = await OpenAsync();
        var staged = new StagedUploads(store);
        var (upload, key) = (NewUpload(), NewKey());

        var first = await staged.StageAsync(upload, 0, new byte[] { 1, 2 }, Cancel);
        var again = await staged.StageAsync(upload, 0, new byte[] { 1, 2 }, Cancel);
        await staged.StageAsync(upload, 0, new byte[] { 9 }, Cancel);
        await staged.CommitAsync(upload, [first], key, "image/jpeg", Cancel);

        Assert.Equal(first, again);
        Assert.Equal([1, 2], await ReadAsync(store, key));
    }

    [Fact]
    public async Task Discarding_removes_every_part_and_nothing_else_and_may_be_done_twice()
    {
        var store = await OpenAsync();
        var staged = new StagedUploads(store);
        var (upload, other, key) = (NewUpload(), NewUpload(), NewKey());
        var part = await staged.StageAsync(upload, 0, new byte[] { 1 }, Cancel);
        await staged.StageAsync(upload, 1, new byte[] { 2 }, Cancel);
        await staged.StageAsync(other, 0, new byte[] { 3 }, Cancel);
        await staged.CommitAsync(upload, [part], key, "image/jpeg", Cancel);

        await staged.DiscardAsync(upload, Cancel);
        await staged.DiscardAsync(upload, Cancel);

        Assert.Empty(await store.ListAsync(upload, null, Cancel).ToListAsync(Cancel));
        Assert.Single(await store.ListAsync(other, null, Cancel).ToListAsync(Cancel));
        Assert.Equal([1], await ReadAsync(store, key));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_part_that_is_gone_or_damaged_stops_the_commit_and_nothing_is_stored(bool gone)
    {
        var store = await OpenAsync();
        var staged = new StagedUploads(store);
        var (upload, key) = (NewUpload(), NewKey());
        var whole = await staged.StageAsync(upload, 0, new byte[2 * BlockSize], Cancel);
        var lost = await staged.StageAsync(upload, 1, new byte[] { 1 }, Cancel);
        var stored = (await store.ListAsync($"{upload}/00001", null, Cancel).ToListAsync(Cancel)).Single().Key;
        await (gone ? store.DeleteAsync(stored, Cancel) : store.WriteAsync(stored, new byte[] { 2 }, "image/jpeg", Cancel));

        await Assert.ThrowsAsync<StagedPartLostException>(() => staged.CommitAsync(upload, [whole, lost], key, "image/jpeg", Cancel));

        Assert.Null(await ReadAsync(store, key));
    }

    [Fact]
    public async Task A_commit_to_a_key_that_is_taken_is_refused_and_the_parts_stay()
    {
        var store = await OpenAsync();
        var staged = new StagedUploads(store);
        var (upload, key) = (NewUpload(), NewKey());
        await store.WriteAsync(key, new byte[] { 7 }, "image/jpeg", Cancel);
        var part = await staged.StageAsync(upload, 0, new byte[] { 1 }, Cancel);

        await Assert.ThrowsAsync<BlobExistsException>(() => staged.CommitAsync(upload, [part], key, "image/jpeg", Cancel));

        Assert.Equal([7], await ReadAsync(store, key));
        Assert.Single(await store.ListAsync(upload, null, Cancel).ToListAsync(Cancel));
    }

    private static string NewUpload() => BlobKeys.NewStaged(TimeProvider.System.GetUtcNow());
}
