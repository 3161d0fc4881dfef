using BillionHearts.Api.Delivery.Renditions;
using BillionHearts.Contracts;

namespace BillionHearts.Tests.Api.Renditions;

/// <summary>Which of several requests makes a copy.</summary>
public sealed class RenditionStoreTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Name = "512x512.webp";

    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task One_of_many_simultaneous_claims_to_a_rendition_succeeds()
    {
        var key = await MediaKeyAsync();

        var claims = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ClaimAsync(key, Name, s_lease)));

        Assert.Single(claims, isOurs => isOurs);
    }

    [Fact]
    public async Task A_rendition_is_claimed_again_after_its_maker_died_but_not_once_it_is_made()
    {
        var key = await MediaKeyAsync();
        Assert.True(await ClaimAsync(key, Name, TimeSpan.FromSeconds(-1)));
        Assert.True(await ClaimAsync(key, Name, TimeSpan.FromSeconds(-1)));

        await CallAsync(store => store.CompleteAsync(key, Name, Made("renditions/a/b"), Cancel));
        Assert.False(await ClaimAsync(key, Name, s_lease));
        var found = await Host.CallAsync<RenditionStore, MediaRendition?>(store => store.FindAsync(key, Name, Cancel));
        Assert.Equal(("renditions/a/b", 512, 10L), (found!.BlobKey, found.Width!.Value, found.Bytes!.Value));
    }

    [Fact]
    public async Task A_rendition_may_be_tried_again_unless_it_cannot_be_made()
    {
        var key = await MediaKeyAsync();
        Assert.True(await ClaimAsync(key, Name, s_lease));
        await CallAsync(store => store.ReleaseAsync(key, Name, Cancel));
        Assert.True(await ClaimAsync(key, Name, s_lease));

        await CallAsync(store => store.FailAsync(key, Name, "It is no image.", Cancel));
        Assert.False(await ClaimAsync(key, Name, s_lease));
        await CallAsync(store => store.ReleaseAsync(key, Name, Cancel));
        Assert.Equal("It is no image.", (await Host.CallAsync<RenditionStore, MediaRendition?>(store => store.FindAsync(key, Name, Cancel)))!.Failure);
    }

    [Fact]
    public async Task One_image_has_no_more_renditions_than_are_allowed()
    {
        var key = await MediaKeyAsync();

        for (var i = 1; i <= 3; i++)
        {
            Assert.True(await ClaimAsync(key, $"{i}x{i}.webp", s_lease, limit: 3));
        }

        Assert.False(await ClaimAsync(key, "4x4.webp", s_lease, limit: 3));
        Assert.True(await ClaimAsync(await MediaKeyAsync(), "4x4.webp", s_lease, limit: 3));
    }

    [Fact]
    public async Task A_rendition_that_is_finished_after_its_image_was_deleted_is_removed()
    {
        var image = await Host.UploadAsync(await Host.CreateUserAsync(Cancel), TestImages.Jpeg(64, 48), Cancel);
        var key = KeyOf(image.GetProperty("url").GetString()!);
        Assert.True(await ClaimAsync(key, Name, s_lease));
        using var deleted = await Host.Http.DeleteAsync($"/images/{image.GetProperty("id")}", Cancel);

        await CallAsync(store => store.CompleteAsync(key, Name, Made($"renditions/late/{key}"), Cancel));

        Assert.Equal(1, await Host.Database.ScalarAsync<long>($"SELECT count(*) FROM retired_blobs WHERE blob_key = 'renditions/late/{key}'", Cancel));
    }

    [Fact]
    public async Task Copies_are_removed_with_their_image()
    {
        var image = await Host.UploadAsync(await Host.CreateUserAsync(Cancel), TestImages.Jpeg(64, 48), Cancel);
        var key = KeyOf(image.GetProperty("url").GetString()!);
        Assert.True(await ClaimAsync(key, Name, s_lease));
        await CallAsync(store => store.CompleteAsync(key, Name, Made($"renditions/copy/{key}"), Cancel));

        using var deleted = await Host.Http.DeleteAsync($"/images/{image.GetProperty("id")}", Cancel);

        Assert.Equal(1, await Host.Database.ScalarAsync<long>($"SELECT count(*) FROM retired_blobs WHERE blob_key = 'renditions/copy/{key}'", Cancel));
    }

    [Fact]
    public async Task A_rendition_is_503_with_a_Retry_After_without_the_analysis_service()
    {
        var image = await Host.UploadAsync(await Host.CreateUserAsync(Cancel), TestImages.Jpeg(64, 48), Cancel);
        var address = image.GetProperty("url").GetString()!.Replace("/original", "/64x64.webp", StringComparison.Ordinal);

        using var response = await Host.Http.GetAsync(address, Cancel);

        Assert.Equal(503, (int)response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.EndsWith("/rendition-unavailable", (await ApiHost.JsonAsync(response, Cancel)).GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await Host.Database.ScalarAsync<long>($"SELECT count(*) FROM media_renditions WHERE media_key = '{KeyOf(address)}'", Cancel));
    }

    private async Task<string> MediaKeyAsync() =>
        KeyOf((await Host.UploadAsync(await Host.CreateUserAsync(Cancel), TestImages.Jpeg(64, 48), Cancel)).GetProperty("url").GetString()!);

    private static string KeyOf(string url) => new Uri(url).Segments[2].TrimEnd('/');

    private Task<bool> ClaimAsync(string key, string name, TimeSpan lease, int limit = 64) =>
        Host.CallAsync<RenditionStore, bool>(async store => await store.ClaimAsync(key, name, lease, limit, Cancel) is { IsOurs: true });

    private Task<bool> CallAsync(Func<RenditionStore, Task> call) => Host.CallAsync<RenditionStore, bool>(async store =>
    {
        await call(store);
        return true;
    });

    private static StoredRendition Made(string blobKey) =>
        new() { Name = Name, BlobKey = blobKey, ContentType = "image/webp", Width = 512, Height = 512, Bytes = 10 };
}
