using System.Net;
using BillionHearts.Storage;

namespace BillionHearts.Tests.Storage;

/// <summary>Direct uploads to the stores that support them, on the real server, by a client that knows nothing but the address.</summary>
public abstract class DirectUploadCompliance
{
    private static readonly HttpClient s_http = new();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract Task<IBlobStore> OpenAsync();

    [Fact]
    public async Task A_direct_upload_becomes_the_blob_with_its_type()
    {
        var (store, key, upload) = await UploadAsync();

        using var response = await SendAsync(upload, [1, 2, 3]);

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal([1, 2, 3], await BlobStoreCompliance.ReadAsync(store, key));
        var properties = await store.GetPropertiesAsync(key, Cancel);
        Assert.Equal((3, "image/png"), (properties!.Length, properties.ContentType));
    }

    [Fact]
    public async Task An_upload_address_works_once_and_a_second_upload_changes_nothing()
    {
        var (store, key, upload) = await UploadAsync();
        using var first = await SendAsync(upload, [1, 2, 3]);

        using var second = await SendAsync(upload, [7, 8, 9]);

        Assert.True(first.IsSuccessStatusCode);
        Assert.Contains(second.StatusCode, new[] { HttpStatusCode.Forbidden, HttpStatusCode.Conflict, HttpStatusCode.PreconditionFailed });
        Assert.Equal([1, 2, 3], await BlobStoreCompliance.ReadAsync(store, key));
    }

    [Fact]
    public async Task One_of_several_simultaneous_uploads_to_an_address_succeeds()
    {
        var (store, key, upload) = await UploadAsync();
        var contents = Enumerable.Range(0, 8).Select(number => new[] { (byte)number, (byte)number, (byte)number }).ToArray();

        var stored = await Task.WhenAll(contents.Select(async content =>
        {
            using var response = await SendAsync(upload, content);
            return response.IsSuccessStatusCode ? content : null;
        }));

        Assert.Equal(Assert.Single(stored, content => content is not null), await BlobStoreCompliance.ReadAsync(store, key));
    }

    [Fact]
    public async Task An_upload_address_cannot_read_delete_or_reach_another_key()
    {
        var (store, key, upload) = await UploadAsync();
        await store.WriteAsync(key, new byte[] { 1 }, "image/png", Cancel);
        var elsewhere = new UriBuilder(upload.Url) { Path = upload.Url.AbsolutePath + "x" }.Uri;

        foreach (var (method, url) in new[] { ("GET", upload.Url), ("DELETE", upload.Url), ("PUT", elsewhere) })
        {
            using var response = await SendAsync(upload with { Method = method, Url = url }, [1, 2, 3]);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }

        Assert.Equal([1], await BlobStoreCompliance.ReadAsync(store, key));
    }

    [Fact]
    public async Task An_upload_address_is_refused_after_it_has_expired()
    {
        var (store, key, upload) = await UploadAsync(life: TimeSpan.FromSeconds(1));

        // Uploads until one is refused. Each stored one is removed, so that the next can only be refused because the address has expired.
        await Eventually.ReadAsync(
            async cancel =>
            {
                using var response = await SendAsync(upload, [1, 2, 3]);
                await store.DeleteAsync(key, cancel);
                return response.StatusCode;
            },
            until: status => status is HttpStatusCode.Forbidden,
            TimeSpan.FromSeconds(30),
            Cancel);

        Assert.Null(await BlobStoreCompliance.ReadAsync(store, key));
    }

    protected async Task<(IBlobStore Store, string Key, DirectUpload Upload)> UploadAsync(int length = 3, TimeSpan? life = null)
    {
        var store = await OpenAsync();
        await store.PingAsync(Cancel);
        var now = TimeProvider.System.GetUtcNow();
        var key = BlobKeys.NewOriginal(now);
        var upload = await store.CreateUploadAsync(key, "image/png", length, now + (life ?? TimeSpan.FromMinutes(5)), Cancel);

        return (store, key, Assert.IsType<DirectUpload>(upload));
    }

    protected static async Task<HttpResponseMessage> SendAsync(DirectUpload upload, byte[] content)
    {
        using var request = new HttpRequestMessage(new HttpMethod(upload.Method), upload.Url);
        request.Content = upload.Method is "PUT" ? new ByteArrayContent(content) : null;

        foreach (var (name, value) in upload.Headers)
        {
            _ = request.Headers.TryAddWithoutValidation(name, value) || request.Content?.Headers.TryAddWithoutValidation(name, value) is true;
        }

        return await s_http.SendAsync(request, Cancel);
    }
}
