using System.Security.Cryptography;
using BillionHearts.Storage;
using BillionHearts.Storage.AzureBlobs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Storage;

/// <summary>An Azurite of its own, which may be stopped. A killed Azurite loses the last seconds; one that is asked to stop loses nothing.</summary>
public sealed class AzuriteRestartTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("azurite-");
    private readonly string _account = $"a{Guid.NewGuid():n}"[..20];
    private readonly string _accountKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Acknowledged_blobs_survive_an_immediate_SIGTERM()
    {
        var now = TimeProvider.System.GetUtcNow();
        var (streamed, written) = (BlobKeys.NewOriginal(now), BlobKeys.NewOriginal(now));

        await using (var server = await StartAsync())
        {
            var store = Open(server);
            await store.CreateAsync(streamed, new TricklingStream(new byte[300_000]), "image/jpeg", Cancel);
            await store.WriteAsync(written, new byte[] { 1, 2 }, "image/jpeg", Cancel);
            await server.StopAsync(Cancel);
        }

        await using (var server = await StartAsync())
        {
            var store = Open(server);

            Assert.Equal([1, 2], await BlobStoreCompliance.ReadAsync(store, written));
            Assert.Equal(300_000, (await BlobStoreCompliance.ReadAsync(store, streamed))!.Length);
        }
    }

    private Task<NodeServer> StartAsync() => NodeServer.StartAsync(
        [
            Path.Join(NodeServer.Modules, "azurite", "dist", "src", "blob", "main.js"),
            "--blobHost", "127.0.0.1", "--blobPort", "0", "--location", _folder.FullName, "--disableTelemetry",
        ],
        Cancel,
        ("AZURITE_ACCOUNTS", $"{_account}:{_accountKey}"));

    private AzureBlobStore Open(NodeServer server)
    {
        var options = new BlobStoreOptions();
        var connectionString = $"DefaultEndpointsProtocol=http;AccountName={_account};AccountKey={_accountKey};BlobEndpoint=http://127.0.0.1:{server.Port}/{_account};";
        return new AzureBlobStore(AzureContainer.Open(connectionString, "blobs", options), Options.Create(options), NullLogger<AzureBlobStore>.Instance);
    }
}
