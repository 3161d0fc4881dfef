using BillionHearts.Storage;
using BillionHearts.Storage.AzureBlobs;
using BillionHearts.Tests.Distributed;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Storage;

public sealed class AzureDirectUploadTests(AppHostFixture app) : DirectUploadCompliance
{
    private readonly BlobStoreOptions _options = new() { Container = $"test-{Guid.NewGuid():n}" };

    protected override async Task<IBlobStore> OpenAsync() => new AzureBlobStore(
        AzureContainer.Open(await AzureBlobStoreTests.ConnectionStringAsync(app), "blobs", _options), Options.Create(_options), NullLogger<AzureBlobStore>.Instance);
}
