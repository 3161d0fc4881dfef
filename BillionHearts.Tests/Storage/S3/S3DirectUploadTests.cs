using System.Net;
using BillionHearts.Storage;

namespace BillionHearts.Tests.Storage;

public sealed class S3DirectUploadTests(S3Server server) : DirectUploadCompliance, IClassFixture<S3Server>
{
    private readonly BlobStoreOptions _options = new() { Container = $"test-{Guid.NewGuid():n}" };

    [Theory]
    [InlineData(2, "image/png", true)]
    [InlineData(3, "image/jpeg", true)]
    [InlineData(3, "image/png", false)]
    public async Task A_direct_upload_must_have_the_announced_length_type_and_condition(int length, string type, bool condition)
    {
        var (store, key, upload) = await UploadAsync(length: 3);
        var headers = upload.Headers.Where(header => condition || header.Key is not "If-None-Match").ToDictionary();
        headers["Content-Type"] = type;

        using var response = await SendAsync(upload with { Headers = headers }, new byte[length]);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Null(await store.GetPropertiesAsync(key, Cancel));
    }

    protected override async Task<IBlobStore> OpenAsync() => S3Server.Open(_options, S3Server.Options(await server.AddressAsync(conditional: true, Cancel)));
}
