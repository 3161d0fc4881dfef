using System.Net;
using BillionHearts.Storage;
using BillionHearts.Storage.AzureBlobs;
using BillionHearts.Tests.Distributed;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Storage;

public sealed class AzureDirectUploadTests(AppHostFixture app) : DirectUploadCompliance
{
    private readonly BlobStoreOptions _options = new() { Container = $"test-{Guid.NewGuid():n}" };

    [Fact]
    public async Task A_sender_who_leaves_out_the_condition_replaces_nothing_either()
    {
        var (store, key, upload) = await UploadAsync();
        var without = upload with { Headers = upload.Headers.Where(header => header.Key is not "If-None-Match").ToDictionary() };
        using var first = await SendAsync(without, [1, 2, 3]);

        using var second = await SendAsync(without, [7, 8, 9]);

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, second.StatusCode);
        Assert.Equal([1, 2, 3], await BlobStoreCompliance.ReadAsync(store, key));
    }

    protected override async Task<IBlobStore> OpenAsync() => new AzureBlobStore(
        AzureContainer.Open(await AzureBlobStoreTests.ConnectionStringAsync(app), "blobs", _options), Options.Create(_options), NullLogger<AzureBlobStore>.Instance);
}
