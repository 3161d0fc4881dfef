using System.Text;
using System.Text.Json;
using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Contracts;

namespace BillionHearts.Tests.Api.Duplicates;

/// <summary>An owner is told about near-duplicates once for each version. The events are read from the queue of notifications.</summary>
public sealed class DuplicateAlertTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const ulong Hash = 0x0ff0_1234_5678_9abc;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task An_image_that_looks_like_others_is_announced_with_them_after_its_analysis()
    {
        var (user, other) = (await Host.CreateUserAsync(Cancel), await Host.CreateUserAsync(Cancel));
        var (near, exact) = (await Host.AddAsync(user, Hash ^ 7, seed: 2), await Host.AddAsync(user, Hash, seed: 1));
        var looksTheSame = await Host.AddAsync(user, Hash, seed: 3);
        await Host.AddAsync(user, ~Hash, seed: 4);
        await Host.AddAsync(other, Hash);

        var image = await Host.AddAsync(user, Hash, seed: 1);

        var events = (await EventsAsync()).Where(e => e.ImageId == image).ToList();
        Assert.Equal([ImagesExchange.Keys.Analyzed, ImagesExchange.Keys.Duplicates], events.Select(e => e.Type));
        Assert.Equal((user, 1), (events[1].UserId, events[1].Version));
        Assert.Equal(
            [new DuplicateImage(exact, 0, true), new DuplicateImage(looksTheSame, 0, false), new DuplicateImage(near, 3, false)], events[1].Duplicates!);
    }

    [Fact]
    public async Task A_repeated_analysis_announces_nothing_and_a_new_version_again()
    {
        var user = await Host.CreateUserAsync(Cancel);
        await Host.AddAsync(user, Hash, seed: 1);
        var image = await Host.AddAsync(user, Hash, seed: 2);
        await AnnouncedAsync(image);

        using var rename = await Host.Http.PutAsync($"/images/{image}", new StringContent("""{"original_filename":"new.png"}""", Encoding.UTF8, "application/json"), Cancel);
        await Host.AnalyzeAsync(image, Hash);
        Assert.Equal([], await AnnouncedAsync(image));

        using var replaced = await Host.PutContentAsync(image, TestImages.Png(60, 30));
        await Host.AnalyzeAsync(image, Hash);
        Assert.Equal(2, Assert.Single(await AnnouncedAsync(image)).Version);
    }

    [Fact]
    public async Task Of_images_that_are_analysed_at_once_each_pair_is_announced_once()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var pending = new List<AnalysisResult>();

        for (var seed = 1; seed <= 6; seed++)
        {
            var uploaded = await Host.UploadAsync(user, TestImages.Png(40, 30, seed), Cancel);
            pending.Add(TestResults.Analyzed(await TestResults.PendingAsync(Host, uploaded.GetProperty("id").GetInt64(), Cancel)));
        }

        await Task.WhenAll(pending.Select(result => Host.CallAsync<ResultStore, ResultEffect>(store => store.StoreAsync(result, Cancel))));

        var pairs = (await EventsAsync())
            .Where(e => e.UserId == user && e.Type is ImagesExchange.Keys.Duplicates)
            .SelectMany(e => e.Duplicates!.Select(one => (Math.Min(e.ImageId, one.ImageId), Math.Max(e.ImageId, one.ImageId))))
            .ToList();
        Assert.Equal(15, pairs.Count);
        Assert.Equal(15, pairs.Distinct().Count());
    }

    [Fact]
    public async Task No_more_than_twenty_are_listed()
    {
        var user = await Host.CreateUserAsync(Cancel);
        await Host.AddAsync(user, Hash);
        // As many rows as the first, with hashes at distance 1.
        await Host.Database.ExecuteAsync(
            $"""
            INSERT INTO images (id, user_id, original_filename, upload_date, width, height, file_size, file_type, storage_path, status, version, analysis_attempt, removal_attempts, phash)
            SELECT nextval('images_id_seq') * 100 + n, {user}, 'x', now(), 1, 1, 1, 'png', 'originals/' || gen_random_uuid(), 'analyzed', 1, 1, 0, {(long)(Hash ^ 1)} FROM generate_series(1, 30) AS n
            """,
            Cancel);

        var image = await Host.AddAsync(user, Hash, seed: 2);

        Assert.Equal([0, .. Enumerable.Repeat(1, 19)], Assert.Single(await AnnouncedAsync(image)).Duplicates!.Select(one => one.Distance));
    }

    private async Task<List<ImageEvent>> AnnouncedAsync(long image) =>
        [.. (await EventsAsync()).Where(e => e.ImageId == image && e.Type is ImagesExchange.Keys.Duplicates)];

    /// <summary>All events in the queue, up to a marker that was published after them.</summary>
    private async Task<List<ImageEvent>> EventsAsync()
    {
        var marker = Guid.NewGuid();
        await Eventually.ReadAsync(
            cancel => Host.Database.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE next_at <= now()", cancel), until: left => left is 0, TimeSpan.FromSeconds(30), Cancel);
        await Host.Broker.PublishAsync(ImagesExchange.Keys.Deleted, marker, "{}"u8.ToArray(), Cancel);
        var events = new List<ImageEvent>();

        while (await Host.Broker.TakeAsync(ImagesExchange.Queues.Notifications, Cancel) is { } message && message.BasicProperties.MessageId != marker.ToString("D"))
        {
            events.Add(JsonSerializer.Deserialize<ImageEvent>(message.Body.Span)!);
        }

        events.RemoveAll(e => e.Type is ImagesExchange.Keys.Uploaded);
        return events;
    }
}
