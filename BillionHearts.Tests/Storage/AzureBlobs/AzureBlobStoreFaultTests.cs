using BillionHearts.Storage;
using BillionHearts.Storage.AzureBlobs;
using BillionHearts.Tests.Distributed;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Storage;

public sealed class AzureBlobStoreFaultTests(AppHostFixture app) : BlobStoreFaultCompliance
{
    [Fact]
    public async Task A_refused_key_is_unavailable_and_the_reason_does_not_show_the_key()
    {
        var account = await AzureBlobStoreTests.ConnectionStringAsync(app);
        var wrong = Convert.ToBase64String(new byte[64]);
        var store = Store(string.Join(';', account.Split(';').Select(part => part.StartsWith("AccountKey=", StringComparison.Ordinal) ? $"AccountKey={wrong}" : part)));

        var exception = await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => store.PingAsync(Cancel));

        Assert.DoesNotContain(wrong, exception.ToString(), StringComparison.Ordinal);
    }

    private protected override async Task<FaultyFront> FrontAsync() =>
        await FaultyFront.StartAsync(await AzureBlobStoreTests.ConnectionStringAsync(app), Cancel);

    private protected override IBlobStore Open(FaultyFront front) => Store(front.ConnectionString);

    private static AzureBlobStore Store(string connectionString) => new(
        AzureContainer.Open(connectionString, "blobs", s_options), Options.Create(s_options), NullLogger<AzureBlobStore>.Instance);
}
