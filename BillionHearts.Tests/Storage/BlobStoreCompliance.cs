using System.Security.Cryptography;
using BillionHearts.Storage;

namespace BillionHearts.Tests.Storage;

/// <summary>What <see cref="IBlobStore"/> promises. Every implementation passes all of it, against the real server.</summary>
public abstract partial class BlobStoreCompliance
{
    /// <summary>What the stores under test hold in memory, small so that tests cross it.</summary>
    protected const int BlockSize = 64 * 1024;

    /// <summary>What the stores under test get in one answer to a listing.</summary>
    protected const int PageSize = 4;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract Task<IBlobStore> OpenAsync();

    /// <summary>An address of the same key in another run's store, at another port.</summary>
    protected abstract Uri AtAnotherPort(Uri address);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(BlockSize - 1)]
    [InlineData(BlockSize)]
    [InlineData(BlockSize + 1)]
    [InlineData(3 * BlockSize)]
    [InlineData(5 * BlockSize + 17)]
    public async Task A_created_blob_is_read_back_whole(int length)
    {
        var store = await OpenAsync();
        var (key, content) = (NewKey(), RandomNumberGenerator.GetBytes(length));

        await store.CreateAsync(key, new TricklingStream(content), "image/jpeg", Cancel);

        Assert.Equal(content, await ReadAsync(store, key));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(10, 1)]
    [InlineData(990, 10)]
    [InlineData(990, 1000)]
    [InlineData(500, null)]
    [InlineData(1000, null)]
    [InlineData(1001, 5)]
    public async Task A_range_is_the_part_of_the_bytes_that_is_there(int offset, int? length)
    {
        var store = await OpenAsync();
        var (key, content) = (NewKey(), RandomNumberGenerator.GetBytes(1000));
        await store.WriteAsync(key, content, "image/jpeg", Cancel);

        var expected = content.Skip(offset).Take(length ?? content.Length);

        Assert.Equal(expected, await ReadAsync(store, key, offset, length));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3 * BlockSize)]
    public async Task A_taken_key_is_refused_and_keeps_what_it_holds(int length)
    {
        var store = await OpenAsync();
        var (key, content) = (NewKey(), RandomNumberGenerator.GetBytes(length));
        await store.CreateAsync(key, new TricklingStream(content), "image/jpeg", Cancel);

        await Assert.ThrowsAsync<BlobExistsException>(
            () => store.CreateAsync(key, new TricklingStream(RandomNumberGenerator.GetBytes(length)), "image/jpeg", Cancel));

        Assert.Equal(content, await ReadAsync(store, key));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3 * BlockSize)]
    public async Task One_of_several_simultaneous_creations_of_a_key_succeeds_with_its_own_bytes(int length)
    {
        var store = await OpenAsync();
        var key = NewKey();
        var contents = Enumerable.Range(0, 8).Select(_ => RandomNumberGenerator.GetBytes(length)).ToArray();

        var created = await Task.WhenAll(contents.Select(async content =>
        {
            try
            {
                await store.CreateAsync(key, new TricklingStream(content), "image/jpeg", Cancel);
                return content;
            }
            catch (BlobExistsException)
            {
                return null;
            }
        }));

        var winner = Assert.Single(created, content => content is not null);
        Assert.Equal(winner, await ReadAsync(store, key));
    }

    [Fact]
    public async Task Writing_replaces_what_the_key_held()
    {
        var store = await OpenAsync();
        var key = NewKey();

        await store.WriteAsync(key, new byte[100], "image/webp", Cancel);
        await store.WriteAsync(key, new byte[] { 1, 2, 3 }.AsMemory(1), "image/webp", Cancel);

        Assert.Equal([2, 3], await ReadAsync(store, key));
    }

    [Fact]
    public async Task A_key_that_holds_nothing_reads_as_null_and_deletes_as_false()
    {
        var store = await OpenAsync();
        var key = NewKey();

        Assert.Null(await store.OpenReadAsync(key, 0, null, Cancel));
        Assert.Null(await store.OpenReadAsync(key, 10, 10, Cancel));
        Assert.False(await store.DeleteAsync(key, Cancel));
    }

    [Fact]
    public async Task A_deleted_key_is_gone_and_free_again()
    {
        var store = await OpenAsync();
        var key = NewKey();
        await store.WriteAsync(key, new byte[] { 1 }, "image/jpeg", Cancel);

        Assert.True(await store.DeleteAsync(key, Cancel));
        Assert.Null(await store.OpenReadAsync(key, 0, null, Cancel));
        Assert.False(await store.DeleteAsync(key, Cancel));

        await store.CreateAsync(key, new TricklingStream([2]), "image/jpeg", Cancel);
        Assert.Equal([2], await ReadAsync(store, key));
    }

    [Fact]
    public async Task Many_simultaneous_blobs_of_any_size_come_back_bit_exact()
    {
        var store = await OpenAsync();
        var contents = Enumerable.Range(0, 40).Select(_ => RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(4 * BlockSize))).ToArray();

        await Task.WhenAll(contents.Select(async content =>
        {
            var key = NewKey();
            await store.CreateAsync(key, new TricklingStream(content), "image/jpeg", Cancel);
            Assert.Equal(content, await ReadAsync(store, key));
        }));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3 * BlockSize)]
    public async Task A_blob_has_a_length_type_and_time_and_a_free_key_has_none(int length)
    {
        var store = await OpenAsync();
        var (created, written) = (NewKey(), NewKey());

        await store.CreateAsync(created, new TricklingStream(new byte[length]), "image/avif", Cancel);
        await store.WriteAsync(written, new byte[length], "image/webp", Cancel);

        foreach (var (key, type) in new[] { (created, "image/avif"), (written, "image/webp") })
        {
            var properties = await store.GetPropertiesAsync(key, Cancel);
            Assert.Equal((length, type), (properties!.Length, properties.ContentType));
            Assert.Equal(TimeProvider.System.GetUtcNow(), properties.LastModified, TimeSpan.FromMinutes(1));
        }

        Assert.Null(await store.GetPropertiesAsync(NewKey(), Cancel));
    }

    [Fact]
    public async Task A_store_that_is_up_answers_the_ping()
    {
        await (await OpenAsync()).PingAsync(Cancel);
    }

    protected static string NewKey() => BlobKeys.NewOriginal(TimeProvider.System.GetUtcNow());

    internal static async Task<byte[]?> ReadAsync(IBlobStore store, string key, long offset = 0, long? length = null)
    {
        await using var stream = await store.OpenReadAsync(key, offset, length, Cancel);
        if (stream is null)
        {
            return null;
        }

        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, Cancel);
        return bytes.ToArray();
    }
}
