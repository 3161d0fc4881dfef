using System.Net;
using System.Text.Json;
using BillionHearts.Api.Accounts.Users;
using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using BillionHearts.Storage;
using BillionHearts.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static BillionHearts.Tests.Api.TestResults;

namespace BillionHearts.Tests.Api;

/// <summary>A deleted image is invisible at once, and all of it is removed in the end, despite concurrent writers and outages.</summary>
public sealed class RemovalTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly byte[] s_png = TestImages.Png(40, 30);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    private Task<int> RemoveDueAsync() => Host.CallAsync<BlobRemoval, int>(removal => removal.RemoveDueAsync(Cancel));

    [Fact]
    public async Task A_deleted_image_is_gone_at_once_and_deleting_it_again_is_404()
    {
        var image = await NewImageAsync();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => DeleteAsync(image.Id)));

        Assert.Equal([HttpStatusCode.OK, .. Enumerable.Repeat(HttpStatusCode.NotFound, 4)], statuses.Order());
        foreach (var path in new[] { "", "/download", "/receipt" })
        {
            using var response = await Host.Http.GetAsync($"/images/{image.Id}{path}", Cancel);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        Assert.Equal(1, await CountAsync($"SELECT count(*) FROM retired_blobs WHERE blob_key = '{image.Key}'"));
        Assert.Equal(0, await CountAsync($"SELECT image_count + stored_bytes FROM users WHERE id = {image.User}"));
    }

    [Fact]
    public async Task A_deleted_images_bytes_and_row_are_removed_and_its_renditions_twice()
    {
        var image = await NewImageAsync();
        await WriteAsync(image.Thumb, image.Incoming);
        await DeleteAsync(image.Id);

        await RemoveAsync(image.Key);

        Assert.Empty(await LeftAsync(image));
        Assert.Equal(0, await CountAsync($"SELECT count(*) FROM images WHERE id = {image.Id}"));

        // An analysis read the original before the deletion, wrote a rendition, and was killed before it reported it.
        await WriteAsync(image.Thumb);
        Assert.True(await Host.Database.ScalarAsync<bool>(
            $"SELECT due_at BETWEEN now() + interval '1 minute' AND now() + interval '2 minutes' FROM retired_blobs WHERE blob_key = '{image.Thumb}'", Cancel));
        await RemoveAsync(image.Thumb);

        Assert.Empty(await LeftAsync(image));
    }

    [Fact]
    public async Task Renditions_that_an_analysis_announces_too_late_are_removed_without_an_event()
    {
        var image = await NewImageAsync();
        await DeleteAsync(image.Id);
        await RemoveAsync(image.Key);
        await WriteAsync(image.Thumb);

        var effect = await StoreAsync(Analyzed(image.Pending) with { Renditions = [Thumb(image.Thumb)] });

        Assert.Equal(ResultEffect.ImageGone, effect);
        await Eventually.ReadAsync(_ => LeftAsync(image), until: left => left.Count is 0, s_limit, Cancel);
        Assert.Equal(0, await CountAsync($"SELECT count(*) FROM outbox WHERE payload->>'type' = 'image.analyzed' AND (payload->>'imageId')::bigint = {image.Id}"));
    }

    [Fact]
    public async Task A_late_result_does_not_remove_the_renditions_of_another_image_it_names()
    {
        var (gone, other) = (await NewImageAsync(), await NewImageAsync());
        await DeleteAsync(gone.Id);
        await WriteAsync(other.Thumb);
        string[] named = [other.Thumb, other.Key, "renditions/../" + other.Key, gone.Thumb];

        await StoreAsync(Analyzed(gone.Pending) with { Renditions = [.. named.Select(Thumb)] });

        Assert.Equal(1, await CountAsync($"SELECT count(*) FROM retired_blobs WHERE blob_key = '{gone.Thumb}'"));
        Assert.Equal(0, await CountAsync($"SELECT count(*) FROM retired_blobs WHERE blob_key LIKE '%{other.Key["originals/".Length..]}%'"));
    }

    [Fact]
    public async Task A_visible_images_bytes_are_not_removed_even_if_they_were_retired()
    {
        var image = await NewImageAsync();
        await Host.CallAsync<ImagesDbContext, bool>(async db =>
        {
            await db.RetireAsync([image.Key], TimeSpan.Zero, Cancel);
            return true;
        });

        await RemoveDueAsync();

        Assert.Equal([image.Key], await LeftAsync(image));
        await Host.Database.ExecuteAsync($"DELETE FROM retired_blobs WHERE blob_key = '{image.Key}'", Cancel);
    }

    [Fact]
    public async Task A_store_outage_delays_removals_and_counts_no_attempt()
    {
        await using var front = await FaultyFront.StartAsync((await (await fixture.App.AppAsync(Cancel)).GetConnectionStringAsync("blobs", Cancel))!, Cancel);
        await using var host = await ApiHost.StartAsync(fixture.App, Cancel, ("ConnectionStrings:blobs", front.ConnectionString), ("BlobStore:Retries", "0"));
        var image = await host.UploadAsync(await host.CreateUserAsync(Cancel), s_png, Cancel);
        var (id, key) = (image.GetProperty("id").GetInt64(), image.GetProperty("storage_path").GetString()!);

        (front.Fault, front.Faults) = (Fault.Answer503, int.MaxValue);
        using var deleted = await host.Http.DeleteAsync($"/images/{id}", Cancel);
        await host.Database.ExecuteAsync("UPDATE retired_blobs SET due_at = now()", Cancel);
        await Eventually.ReadAsync(
            cancel => host.Database.ScalarAsync<long>("SELECT count(*) FROM retired_blobs WHERE due_at BETWEEN now() AND now() + interval '5 seconds'", cancel),
            until: givenBack => givenBack is 1, s_limit, Cancel);
        Assert.Equal(0, await host.Database.ScalarAsync<int>($"SELECT attempts FROM retired_blobs WHERE blob_key = '{key}'", Cancel));

        front.Faults = 0;
        await Eventually.ReadAsync(
            async cancel => (await host.Container.GetBlobClient(key).ExistsAsync(cancel)).Value, until: exists => !exists, s_limit, Cancel);
    }

    private static StoredRendition Thumb(string key) =>
        new() { Name = "thumb", BlobKey = key, ContentType = "image/webp", Width = 320, Height = 240, Bytes = 3 };

    private async Task<StoredImage> NewImageAsync()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var image = await Host.UploadAsync(user, s_png, Cancel);
        var id = image.GetProperty("id").GetInt64();
        var request = await Host.Database.ScalarAsync<Guid>($"SELECT analysis_request_id FROM images WHERE id = {id}", Cancel);

        return new StoredImage(user, image.GetProperty("storage_path").GetString()!, new PendingImage(id, request, 1));
    }

    private async Task<HttpStatusCode> DeleteAsync(long id)
    {
        using var response = await Host.Http.DeleteAsync($"/images/{id}", Cancel);
        return response.StatusCode;
    }

    private Task<ResultEffect> StoreAsync(AnalysisResult result) => Host.CallAsync<ResultStore, ResultEffect>(store => store.StoreAsync(result, Cancel));

    private Task<long> CountAsync(string sql) => Host.Database.ScalarAsync<long>(sql, Cancel);

    private async Task WriteAsync(params string[] keys)
    {
        foreach (var key in keys)
        {
            await Host.Container.GetBlobClient(key).UploadAsync(new BinaryData("abc"u8.ToArray()), overwrite: true, Cancel);
        }
    }

    /// <summary>Makes a retired blob due now. Either this call or the service's own job removes it.</summary>
    private async Task RemoveAsync(string key)
    {
        await Host.Database.ExecuteAsync($"UPDATE retired_blobs SET due_at = now() WHERE blob_key = '{key}'", Cancel);
        await RemoveDueAsync();
        await Eventually.ReadAsync(
            cancel => Host.Database.ScalarAsync<long>($"SELECT count(*) FROM retired_blobs WHERE blob_key = '{key}'", cancel), until: rows => rows is 0, s_limit, Cancel);
    }

    private async Task<List<string>> LeftAsync(StoredImage image)
    {
        var left = new List<string>();
        foreach (var key in new[] { image.Key, image.Thumb, image.Incoming })
        {
            if (await Host.Container.GetBlobClient(key).ExistsAsync(Cancel))
            {
                left.Add(key);
            }
        }

        return left;
    }

    private sealed record StoredImage(long User, string Key, PendingImage Pending)
    {
        public long Id => Pending.Id;

        public string Thumb => BlobKeys.Rendition(Key, "thumb");

        public string Incoming => "incoming/" + Key["originals/".Length..];
    }
}
