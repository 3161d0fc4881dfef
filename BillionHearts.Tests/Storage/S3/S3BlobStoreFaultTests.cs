using BillionHearts.Storage;
using BillionHearts.Storage.S3;

namespace BillionHearts.Tests.Storage;

public sealed class S3BlobStoreFaultTests(S3Server server) : BlobStoreFaultCompliance, IClassFixture<S3Server>
{
    [Fact]
    public async Task A_refused_key_is_unavailable_and_the_reason_does_not_show_the_key()
    {
        var options = S3Server.Options(await server.AddressAsync(conditional: true, Cancel)) with { SecretKey = "a-wrong-secret" };
        var store = S3Server.Open(s_options, options);

        var exception = await Assert.ThrowsAsync<BlobStoreUnavailableException>(
            () => store.WriteAsync(BlobKeys.NewOriginal(TimeProvider.System.GetUtcNow()), new byte[1], "image/jpeg", Cancel));

        Assert.DoesNotContain("a-wrong-secret", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_400_that_names_no_error_of_S3_is_about_the_connection_and_tried_again()
    {
        await using var front = await FrontAsync();
        var (store, key) = (Open(front), BlobKeys.NewOriginal(TimeProvider.System.GetUtcNow()));
        await store.PingAsync(Cancel);

        (front.Fault, front.Faults) = (Fault.Answer400, 1);
        await store.WriteAsync(key, new byte[] { 1, 2 }, "image/jpeg", Cancel);

        Assert.True(front.Faults <= 0);
        Assert.Equal([1, 2], await BlobStoreCompliance.ReadAsync(store, key));
    }

    // A smaller blob is created with one request.
    private protected override int LargestPart => S3Server.Options(new Uri("http://localhost")).PartSize;

    private protected override async Task<FaultyFront> FrontAsync()
    {
        var address = await server.AddressAsync(conditional: true, Cancel);
        await S3Server.Open(s_options, S3Server.Options(address)).PingAsync(Cancel);
        return await FaultyFront.StartAsync(address, Cancel);
    }

    private protected override IBlobStore Open(FaultyFront front) => S3Server.Open(s_options, S3Server.Options(front.Address));
}
