using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BillionHearts.Api.Images.Merging;
using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Platform.Data;
using Npgsql;

namespace BillionHearts.Tests.Api.Duplicates;

public sealed class MergeTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const ulong Hash = 0x0fff_1234_5678_9abc;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task The_image_with_the_most_pixels_is_kept_and_the_others_vanish()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var (small, large, middle) = (await AddAsync(user, 40), await AddAsync(user, 60), await AddAsync(user, 50));
        var address = await AddressAsync(small);

        var merged = await (await MergeAsync(small, [large, middle])).OkAsync();

        Assert.Equal(large, merged.GetProperty("kept").GetProperty("id").GetInt64());
        Assert.Equal([small, middle], Ids(merged, "merged"));
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        Assert.InRange(merged.GetProperty("undo_until").GetDateTime(), now.AddDays(29), now.AddDays(31));
        Assert.Equal(large, Assert.Single(await ListedAsync(user)));
        Assert.Equal(HttpStatusCode.NotFound, (await Host.Http.GetAsync($"/images/{small}", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await Host.Http.GetAsync(address, Cancel)).StatusCode);
        Assert.Equal(0, (await (await Host.Http.GetAsync($"/images/{large}/similar", Cancel)).OkAsync()).GetArrayLength());
    }

    [Fact]
    public async Task Undoing_brings_back_the_images_at_their_addresses_with_their_bytes()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var (kept, merged) = (await AddAsync(user, 60), await AddAsync(user, 40));
        var (before, address) = (await Host.GetImageAsync(merged, Cancel), await AddressAsync(merged));
        var merge = await (await MergeAsync(kept, [merged])).OkAsync();
        var shown = await ShownAsync();
        Assert.Equal([merged], Ids(shown, "merged"));
        Assert.Equal($"{merge.GetProperty("undo_until")}", $"{shown.GetProperty("undo_until")}");

        Assert.Equal(merged, Assert.Single(await UndoAsync(kept)));

        Assert.Equal(JsonValueKind.Null, (await ShownAsync()).GetProperty("undo_until").ValueKind);
        Assert.Equal([merged, kept], await ListedAsync(user));
        Assert.Equal($"{before}", $"{await Host.GetImageAsync(merged, Cancel)}");
        Assert.Equal(TestImages.Png(40, 30), await Host.Http.GetByteArrayAsync(address, Cancel));
        Assert.Empty(await UndoAsync(kept));

        // The gateways get the bytes in place of the 410.
        Assert.True(await Host.Database.ScalarAsync<bool>($"SELECT is_restored FROM retired_media_keys WHERE media_key = (SELECT media_key FROM images WHERE id = {merged})", Cancel));
        using var deleted = await Host.Http.DeleteAsync($"/images/{merged}", Cancel);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Gone), (deleted.StatusCode, (await Host.Http.GetAsync(address, Cancel)).StatusCode));

        async Task<JsonElement> ShownAsync() => await (await Host.Http.GetAsync($"/images/{kept}/merge", Cancel)).OkAsync();
    }

    [Fact]
    public async Task An_undo_restores_more_images_than_one_commit_takes()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var kept = await AddAsync(user, 60);
        var count = MergeUndo.BatchSize + 3;
        await Host.Database.ExecuteAsync(
            $"""
            INSERT INTO images (id, user_id, original_filename, upload_date, width, height, file_size, file_type, storage_path, status, version, analysis_attempt, removal_attempts, deleted_at, merged_into, merged_at)
            SELECT nextval('images_id_seq') * 10000 + n, {user}, 'copy.jpg', now(), 1, 1, 1, 'jpeg', 'originals/' || gen_random_uuid(), 'analyzed', 1, 0, 0, now(), {kept}, now()
            FROM generate_series(1, {count}) AS n
            """,
            Cancel);

        Assert.Equal(count, (await UndoAsync(kept)).Length);
        Assert.Equal(count + 1L, await Host.Database.ScalarAsync<long>($"SELECT count(*) FROM images WHERE user_id = {user} AND deleted_at IS NULL", Cancel));
    }

    [Fact]
    public async Task An_image_merged_during_a_new_analysis_does_not_wait_after_the_undo()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var (kept, merged) = (await AddAsync(user, 60), await AddAsync(user, 40));
        await (await Host.Http.PostAsync($"/operator/images/{merged}/analysis", null, Cancel)).OkAsync();

        await (await MergeAsync(kept, [merged])).OkAsync();
        await UndoAsync(kept);

        var timeline = await (await Host.Http.GetAsync($"/images/{merged}/timeline", Cancel)).OkAsync();
        Assert.Equal(JsonValueKind.Null, timeline.GetProperty("waiting").ValueKind);
        Assert.Equal("analyzed", (await Host.GetImageAsync(merged, Cancel)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Images_that_were_merged_into_a_deleted_one_are_removed_with_it()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var (kept, merged) = (await AddAsync(user, 60), await AddAsync(user, 40));
        await (await MergeAsync(kept, [merged])).OkAsync();

        using var deleted = await Host.Http.DeleteAsync($"/images/{kept}", Cancel);
        await Host.CallAsync<MergeExpiry, int>(expiry => expiry.RemoveDueAsync(Cancel));

        Assert.Equal((HttpStatusCode.OK, 0L, 0L), (deleted.StatusCode, (await Host.UsageAsync(user)).Images, (await Host.UsageAsync(user)).Bytes));
    }

    [Fact]
    public async Task A_deletion_locks_the_merged_images_before_their_user()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var (kept, merged) = (await AddAsync(user, 60), await AddAsync(user, 40));
        await (await MergeAsync(kept, [merged])).OkAsync();
        await using var connection = new NpgsqlConnection(Host.Database.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var holder = await connection.BeginTransactionAsync(Cancel);
        await using var hold = new NpgsqlCommand($"SELECT FROM users WHERE id = {user} FOR UPDATE", connection, holder);
        await hold.ExecuteNonQueryAsync(Cancel);

        // It waits for the user. The job that ends merges, which has the images first, would otherwise wait for it in turn.
        var deletion = Host.Http.DeleteAsync($"/images/{kept}", Cancel);
        await Eventually.ReadAsync(
            cancel => Host.Database.ScalarAsync<long>($"SELECT count(*) FROM (SELECT id FROM images WHERE id = {merged} FOR UPDATE SKIP LOCKED) AS free", cancel),
            until: free => free is 0,
            TimeSpan.FromSeconds(30),
            Cancel);
        await holder.CommitAsync(Cancel);

        using var deleted = await deletion;
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
    }

    [Fact]
    public async Task The_bytes_stay_until_the_merge_can_no_longer_be_undone_and_count_until_then()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var (kept, merged) = (await AddAsync(user, 60), await AddAsync(user, 40));
        var path = (await Host.GetImageAsync(merged, Cancel)).GetProperty("storage_path").GetString()!;
        var usage = await Host.UsageAsync(user);
        await (await MergeAsync(kept, [merged])).OkAsync();

        // Neither the job that ends merges, nor a forgotten removal, nor the search for orphans takes them.
        await Host.CallAsync<MergeExpiry, int>(expiry => expiry.RemoveDueAsync(Cancel));
        await Host.CallAsync<ImagesDbContext, bool>(async db =>
        {
            await db.RetireAsync([path], TimeSpan.Zero, Cancel);
            return true;
        });
        await Host.CallAsync<BlobRemoval, int>(removal => removal.RemoveDueAsync(Cancel));
        Assert.Empty(await Host.CallAsync<OrphanStore, List<string>>(orphans => orphans.FindUnreferencedAsync([path], Cancel)));
        Assert.True((await Host.Container.GetBlobClient(path).ExistsAsync(Cancel)).Value);
        Assert.Equal((usage.Images, usage.Bytes), ((await Host.UsageAsync(user)).Images, (await Host.UsageAsync(user)).Bytes));

        await Host.Database.ExecuteAsync($"UPDATE images SET merged_at = merged_at - interval '30 days' WHERE id = {merged}", Cancel);
        // Either this call or the service's own job removes it.
        await Host.CallAsync<MergeExpiry, int>(expiry => expiry.RemoveDueAsync(Cancel));

        Assert.Empty(await UndoAsync(kept));
        Assert.Equal(usage.Images - 1, (await Host.UsageAsync(user)).Images);
        await Host.Database.ExecuteAsync($"UPDATE retired_blobs SET due_at = now() WHERE blob_key = '{path}'", Cancel);
        await Eventually.ReadAsync(
            async cancel => (await Host.Container.GetBlobClient(path).ExistsAsync(cancel)).Value, until: exists => !exists, TimeSpan.FromSeconds(30), Cancel);
        await Eventually.ReadAsync(
            cancel => Host.Database.ScalarAsync<long>($"SELECT count(*) FROM images WHERE id = {merged}", cancel), until: rows => rows is 0, TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task A_repeated_merge_gets_the_same_answer_and_changes_nothing()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var (small, large) = (await AddAsync(user, 40), await AddAsync(user, 60));

        var first = await (await MergeAsync(small, [large])).OkAsync();
        var second = await (await MergeAsync(small, [large])).OkAsync();

        Assert.Equal($"{first}", $"{second}");
        Assert.Equal(1, await Host.Database.ScalarAsync<long>($"SELECT count(*) FROM audit_events WHERE user_id = {user} AND action = 'image_merged' AND subject = {small}", Cancel));
    }

    [Fact]
    public async Task The_named_image_is_kept_and_must_be_one_of_them()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var (small, large, other) = (await AddAsync(user, 40), await AddAsync(user, 60), await AddAsync(user, 70));

        Assert.Contains($"not {other}", await (await MergeAsync(small, [large], keep: other)).RefusedAsync(422, "invalid-fields"));
        await (await MergeAsync(large, [small], keep: small)).OkAsync();

        Assert.Equal([other, small], await ListedAsync(user));
        Assert.Contains($"merged into image {small}", await (await MergeAsync(other, [large])).RefusedAsync(409, "merged-elsewhere"));
    }

    [Fact]
    public async Task Of_equal_sizes_the_larger_file_is_kept_and_of_equal_files_the_older()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var (first, second, third) = (await AddAsync(user, 40), await AddAsync(user, 40), await AddAsync(user, 40));
        await Host.Database.ExecuteAsync($"UPDATE images SET file_size = 10 WHERE id = {first}", Cancel);

        await (await MergeAsync(third, [second, first])).OkAsync();

        Assert.Equal(second, Assert.Single(await ListedAsync(user)));
    }

    [Fact]
    public async Task Images_that_cannot_be_merged_are_refused_and_nothing_is_changed()
    {
        var (user, other) = (await Host.CreateUserAsync(Cancel), await Host.CreateUserAsync(Cancel));
        var (image, second, foreign) = (await AddAsync(user, 40), await AddAsync(user, 50), await AddAsync(other, 60));
        var (pending, empty) = ((await Host.UploadAsync(user, TestImages.Png(41, 30), Cancel)).GetProperty("id").GetInt64(), await Host.AnnounceAsync(user));

        await (await MergeAsync(image, [second, foreign])).RefusedAsync(403, "not-owner");
        Assert.Equal("Image 999999999 not found", await (await MergeAsync(image, [second, 999999999])).RefusedAsync(404, "image-not-found"));
        await (await MergeAsync(999999999, [second])).RefusedAsync(404, "image-not-found");
        Assert.Contains($"{pending} is pending", await (await MergeAsync(image, [second, pending])).RefusedAsync(409, "not-analyzed"));
        Assert.Contains("awaiting_content", await (await MergeAsync(image, [second, empty])).RefusedAsync(409, "not-analyzed"));
        Assert.Contains("at least 1", await (await MergeAsync(image, [])).RefusedAsync(422, "invalid-fields"));
        Assert.Contains("another image", await (await MergeAsync(image, [image])).RefusedAsync(422, "invalid-fields"));
        Assert.Contains("at most 100", await (await MergeAsync(image, [.. Enumerable.Range(1, 101)])).RefusedAsync(422, "invalid-fields"));
        await (await Host.Http.DeleteAsync("/images/999999999/merge", Cancel)).RefusedAsync(404, "image-not-found");

        Assert.Equal([empty, pending, second, image], await ListedAsync(user));
        Assert.Equal(foreign, Assert.Single(await ListedAsync(other)));
    }

    /// <summary>The image's width decides which is the best.</summary>
    private Task<long> AddAsync(long user, int width) => Host.AddAsync(user, Hash, seed: 1, width: width);

    private Task<HttpResponseMessage> MergeAsync(long id, long[] duplicates, long? keep = null) =>
        Host.Http.PostAsJsonAsync($"/images/{id}/merge", new { duplicates, keep }, Cancel);

    private async Task<long[]> UndoAsync(long kept) => Ids(await (await Host.Http.DeleteAsync($"/images/{kept}/merge", Cancel)).OkAsync(), "restored");

    private async Task<string> AddressAsync(long id) => (await Host.GetImageAsync(id, Cancel)).GetProperty("url").GetString()!;

    private async Task<List<long>> ListedAsync(long user) =>
        [.. (await (await Host.Http.GetAsync($"/users/{user}/images", Cancel)).OkAsync()).EnumerateArray().Select(image => image.GetProperty("id").GetInt64())];

    private static long[] Ids(JsonElement body, string field) => [.. body.GetProperty(field).EnumerateArray().Select(id => id.GetInt64())];
}
