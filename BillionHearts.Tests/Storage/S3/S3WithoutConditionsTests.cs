using BillionHearts.Storage;

namespace BillionHearts.Tests.Storage;

/// <summary>Against s3rver as it comes, which takes <c>If-None-Match: *</c> and ignores it.</summary>
public sealed class S3WithoutConditionsTests(S3Server server) : IClassFixture<S3Server>
{
    private readonly BlobStoreOptions _options = new() { Container = $"test-{Guid.NewGuid():n}" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_ignores_If_None_Match_is_detected_before_the_first_blob()
    {
        var store = await OpenAsync(conditional: true);

        var ping = await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => store.PingAsync(Cancel));
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => store.CreateAsync("a/b", new TricklingStream([1]), "image/jpeg", Cancel));

        Assert.Contains("BlobStore:S3:ConditionalPuts", ping.Message, StringComparison.Ordinal);
        Assert.Null(await store.GetPropertiesAsync("a/b", Cancel));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(200_000)]
    public async Task A_taken_key_is_refused_even_where_the_server_ignores_If_None_Match(int length)
    {
        var store = await OpenAsync(conditional: false);
        var key = BlobKeys.NewOriginal(TimeProvider.System.GetUtcNow());
        await store.CreateAsync(key, new TricklingStream(new byte[length]), "image/jpeg", Cancel);

        await Assert.ThrowsAsync<BlobExistsException>(() => store.CreateAsync(key, new TricklingStream([1]), "image/jpeg", Cancel));

        Assert.Equal(length, (await store.GetPropertiesAsync(key, Cancel))!.Length);
    }

    private async Task<IBlobStore> OpenAsync(bool conditional) =>
        S3Server.Open(_options, S3Server.S3rverOptions(await server.AddressAsync(conditional: false, Cancel), conditional));
}
