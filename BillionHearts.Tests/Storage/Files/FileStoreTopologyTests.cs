using System.Net;
using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Storage;

/// <summary>A second host beside the first, which keeps its images in files: two replicas of the api and the worker, separate processes over one folder.</summary>
public sealed class FileStoreTopologyTests(AppHostFixture first)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Images_uploaded_to_either_replica_are_analyzed_and_come_back_bit_exact_and_another_host_has_none_of_them()
    {
        using var folder = new FileStoreFolder();
        await using var app = await AppHostFixture.StartAsync(
            ["--BlobStore:Provider=files", $"--BlobStore:Files:Path={folder.Path}", "--BlobStore:Files:Initialize=true"], Cancel);
        using var client = new ImagesClient(app.CreateHttpClient("gateway", "http"));
        using var elsewhere = await first.ClientAsync(Cancel);
        var user = await client.CreateUserAsync(Cancel);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async number =>
        {
            var file = TestImages.Jpeg(640 + number, 480);
            var id = (await client.UploadAsync(user, file, "x.jpg", Cancel)).GetProperty("id").GetInt64();

            var image = await client.AnalyzedAsync(id, Cancel);
            Assert.Equal("analyzed", image.GetProperty("status").GetString());
            Assert.Equal(file, await client.Http.GetByteArrayAsync(new Uri($"/images/{id}/download", UriKind.Relative), Cancel));

            var media = new Uri(image.GetProperty("url").GetString()!).AbsolutePath;
            using var here = await client.Http.GetAsync(media, Cancel);
            using var there = await elsewhere.Http.GetAsync(media, Cancel);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (here.StatusCode, there.StatusCode));
        }));

        Assert.Equal(24, Directory.EnumerateFiles(Path.Join(folder.Path, "blobs"), "*", SearchOption.AllDirectories).Count());
        Assert.Empty(folder.Unfinished);
    }
}
