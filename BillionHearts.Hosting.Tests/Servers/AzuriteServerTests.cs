using Azure.Storage.Blobs;

namespace BillionHearts.Hosting.Tests.Servers;

public sealed class AzuriteServerTests : IAsyncDisposable
{
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly NativeServer _server = Containers.Azurite();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Blobs_acknowledged_the_moment_before_a_stop_survive_it()
    {
        await StartAsync(_server);
        var container = await ContainerAsync(_server);
        await container.UploadBlobAsync("a", BinaryData.FromString("first"), Cancel);

        Assert.Equal(0, await _server.StopAsync());
        await StartAsync(_server);

        Assert.Equal("first", (await container.GetBlobClient("a").DownloadContentAsync(Cancel)).Value.Content.ToString());
        Assert.True(Directory.Exists(Path.Combine(_server.Folder, "volume")));
    }

    [Fact]
    public async Task A_second_signal_does_not_end_Azurite_before_it_has_saved()
    {
        await StartAsync(_server);
        var container = await ContainerAsync(_server);

        for (var i = 0; i < 20; i++)
        {
            await container.UploadBlobAsync($"{i}", BinaryData.FromBytes(new byte[10_000]), Cancel);
        }

        // The shell hands on each that it hears, and the kernel sends one more when the shell is gone.
        var server = _server.Program.ServerId;
        await Eventually.ReadAsync(
            _ => Task.FromResult(!Signal.Send(server, Signal.Terminate) || _server.Program.Exited.IsCompleted),
            until: hasEnded => hasEnded,
            TimeSpan.FromSeconds(30),
            pause: TimeSpan.FromMilliseconds(1),
            Cancel);

        // Not 0: the last signals met a Node that was past its own handlers.
        await _server.Program.Exited;
        await StartAsync(_server);
        Assert.Equal(20, await container.GetBlobsAsync(cancellationToken: Cancel).CountAsync(Cancel));
    }

    [Fact]
    public async Task Azurite_starts_again_after_a_kill_and_two_run_side_by_side()
    {
        await using var other = Containers.Azurite();
        await Task.WhenAll(StartAsync(_server), StartAsync(other));

        await _server.KillAsync();
        await StartAsync(_server);

        await ContainerAsync(_server);
        Assert.False((await new BlobContainerClient(Connection(other), "photos").ExistsAsync(Cancel)).Value);
    }

    [Fact]
    public async Task Blobs_that_Azurite_has_saved_by_itself_survive_a_kill()
    {
        await StartAsync(_server);
        var container = await ContainerAsync(_server);
        await container.UploadBlobAsync("a", BinaryData.FromString("first"), Cancel);
        var metadata = Path.Combine(_server.Folder, "volume", "__azurite_db_blob__.json");

        await Eventually.TrueAsync(
            async cancel => File.Exists(metadata) && (await File.ReadAllTextAsync(metadata, cancel)).Contains("\"name\":\"a\"", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60),
            Cancel);

        await _server.KillAsync();
        await StartAsync(_server);

        Assert.Equal("first", (await container.GetBlobClient("a").DownloadContentAsync(Cancel)).Value.Content.ToString());
    }

    [Fact]
    public async Task Accounts_and_the_port_inside_the_container_are_those_of_the_image()
    {
        await using var server = new NativeServer("azure-storage/azurite:3.35.0")
            .With("AZURITE_ACCOUNTS", $"mine:{Key}")
            .WithArguments("azurite-blob", "--blobHost=0.0.0.0", "--blobPort", "12345", "-l", "/data", "--skipApiVersionCheck")
            .WithEndpoint(12345);
        await server.StartAsync(() => Service(server, "mine").GetPropertiesAsync(Cancel));

        await ContainerAsync(server, "mine");

        Assert.True(Directory.Exists(Path.Combine(server.Folder, "private/data")));
    }

    [Theory]
    [InlineData("azurite")]
    [InlineData("azurite-queue")]
    public async Task Another_Azurite_service_than_blobs_is_one_sentence(string command)
    {
        await using var server = new NativeServer("azure-storage/azurite:3.35.0").WithArguments(command).WithEndpoint(10000);

        Assert.Equal("Resource 'it' cannot start: as a native process only Azurite's blob service is supported, so the first argument must be 'azurite-blob'.", await server.RefusalAsync());
    }

    [Fact]
    public async Task A_missing_endpoint_is_one_sentence()
    {
        await using var server = new NativeServer("azure-storage/azurite:3.35.0").WithArguments("azurite-blob").WithEndpoint(10001);

        Assert.Equal("Resource 'it' cannot start: it needs an endpoint with target port 10000, but has 'p10001' with 10001.", await server.RefusalAsync());
    }

    private static Task StartAsync(NativeServer server) =>
        server.StartAsync(() => Service(server).GetPropertiesAsync(Cancel));

    private static BlobServiceClient Service(NativeServer server, string account = "devstoreaccount1")
    {
        var options = new BlobClientOptions();
        options.Retry.MaxRetries = 0;
        return new(Connection(server, account), options);
    }

    private static async Task<BlobContainerClient> ContainerAsync(NativeServer server, string account = "devstoreaccount1")
    {
        var container = new BlobContainerClient(Connection(server, account), "photos");
        await container.CreateIfNotExistsAsync(cancellationToken: Cancel);
        return container;
    }

    private static string Connection(NativeServer server, string account = "devstoreaccount1") =>
        $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{server.Port}/{account};";
}
