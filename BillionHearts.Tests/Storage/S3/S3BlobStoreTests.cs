using BillionHearts.Storage;

namespace BillionHearts.Tests.Storage;

/// <summary>Against a server that has the conditions of Amazon's.</summary>
public sealed class S3BlobStoreTests(S3Server server) : BlobStoreCompliance, IClassFixture<S3Server>
{
    private readonly BlobStoreOptions _options = new() { Container = $"test-{Guid.NewGuid():n}", PageSize = PageSize };

    protected override async Task<IBlobStore> OpenAsync() => S3Server.Open(_options, S3Server.Options(await server.AddressAsync(conditional: true, Cancel)));

    // The address names the bucket only: it is the same wherever the server is.
    protected override Uri AtAnotherPort(Uri address) => address;
}
