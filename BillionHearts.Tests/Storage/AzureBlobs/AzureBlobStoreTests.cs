using System.Diagnostics;
using Azure.Storage.Blobs;
using BillionHearts.Storage;
using BillionHearts.Storage.AzureBlobs;
using BillionHearts.Tests.Distributed;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Storage;

public sealed class AzureBlobStoreTests(AppHostFixture app) : BlobStoreCompliance
{
    private readonly BlobStoreOptions _options = new() { Container = $"test-{Guid.NewGuid():n}", BlockSize = BlockSize, PageSize = PageSize };

    private BlobContainerClient? _container;

    protected override async Task<IBlobStore> OpenAsync()
    {
        _container = AzureContainer.Open(await ConnectionStringAsync(app), "blobs", _options);
        return new AzureBlobStore(_container, Options.Create(_options), NullLogger<AzureBlobStore>.Instance);
    }

    protected override Uri AtAnotherPort(Uri address) => new UriBuilder(address) { Port = 9 }.Uri;

    [Theory]
    [InlineData(BlockSize - 1, 1)]
    [InlineData(3 * BlockSize + 1, 5)]
    public async Task Content_within_one_block_is_one_request_and_more_is_one_for_each_block(int length, int requests)
    {
        AppContext.SetSwitch("Azure.Experimental.EnableActivitySource", true);
        var store = await OpenAsync();
        await store.PingAsync(Cancel);
        using var test = new Activity("test").Start();
        var spans = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Azure.Core.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span => Interlocked.Add(ref spans, span.TraceId == test.TraceId ? 1 : 0),
        };
        ActivitySource.AddActivityListener(listener);

        await store.CreateAsync(NewKey(), new TricklingStream(new byte[length]), "image/jpeg", Cancel);

        Assert.Equal(requests, spans);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3 * BlockSize)]
    public async Task A_container_that_vanished_is_made_again_by_the_next_writer(int length)
    {
        var store = await OpenAsync();
        var (before, after) = (NewKey(), NewKey());
        await store.WriteAsync(before, new byte[] { 1 }, "image/jpeg", Cancel);

        await _container!.DeleteAsync(cancellationToken: Cancel);

        Assert.Null(await ReadAsync(store, before));
        Assert.False(await store.DeleteAsync(before, Cancel));
        await store.CreateAsync(after, new TricklingStream(new byte[length]), "image/jpeg", Cancel);
        Assert.Equal(length, (await ReadAsync(store, after))!.Length);
    }

    [Fact]
    public async Task The_content_type_is_stored_with_the_bytes()
    {
        var store = await OpenAsync();
        var (small, large) = (NewKey(), NewKey());

        await store.CreateAsync(small, new TricklingStream([1]), "image/avif", Cancel);
        await store.CreateAsync(large, new TricklingStream(new byte[2 * BlockSize]), "image/avif", Cancel);

        foreach (var key in new[] { small, large })
        {
            var properties = await _container!.GetBlobClient(key).GetPropertiesAsync(cancellationToken: Cancel);
            Assert.Equal("image/avif", properties.Value.ContentType);
        }
    }

    internal static async Task<string> ConnectionStringAsync(AppHostFixture app) =>
        await (await app.AppAsync(Cancel)).GetConnectionStringAsync("blobs", Cancel)
        ?? throw new InvalidOperationException("The AppHost gives no connection string for 'blobs'.");
}
