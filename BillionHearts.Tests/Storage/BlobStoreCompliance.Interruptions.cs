using BillionHearts.Storage;

namespace BillionHearts.Tests.Storage;

public abstract partial class BlobStoreCompliance
{
    [Theory]
    [InlineData(BlockSize / 2)]
    [InlineData(3 * BlockSize)]
    public async Task A_failing_source_stores_nothing_and_its_exception_reaches_the_caller(int after)
    {
        var store = await OpenAsync();
        var key = NewKey();

        await Assert.ThrowsAsync<EndOfStreamException>(
            () => store.CreateAsync(key, new TricklingStream(new byte[after], fails: true), "image/jpeg", Cancel));

        Assert.Null(await store.OpenReadAsync(key, 0, null, Cancel));
    }

    [Fact]
    public async Task A_cancelled_creation_stores_nothing()
    {
        var store = await OpenAsync();
        var key = NewKey();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => store.CreateAsync(key, new TricklingStream([1]), "image/jpeg", new CancellationToken(canceled: true)));

        Assert.Null(await store.OpenReadAsync(key, 0, null, Cancel));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(BlockSize)]
    [InlineData(BlockSize + 1)]
    [InlineData(3 * BlockSize)]
    [InlineData(3 * BlockSize + 17)]
    public async Task A_creation_that_is_cancelled_half_way_leaves_nothing(int arrived)
    {
        var store = await OpenAsync();
        var key = NewKey();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var content = new TricklingStream(new byte[(3 * BlockSize) + 17], arrived: so => CancelAt(arrived, so, gone));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.CreateAsync(key, content, "image/jpeg", gone.Token));

        Assert.Null(await ReadAsync(store, key));
        Assert.Null(await store.GetPropertiesAsync(key, Cancel));
        Assert.Empty(await store.ListAsync(key, null, Cancel).ToListAsync(Cancel));
    }

    private static void CancelAt(int limit, int arrived, CancellationTokenSource source)
    {
        if (arrived >= limit)
        {
            source.Cancel();
        }
    }
}
