using System.Net;
using System.Text.Json;

namespace BillionHearts.Tests.Distributed;

/// <summary>Tests that stop or kill a part of the topology: one after the other, and beside no other test.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Outages;

[Collection(typeof(Outages))]
public sealed class OutageTests(AppHostFixture app)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Uploads_are_accepted_while_the_broker_is_down_and_analyzed_afterwards()
    {
        var running = await app.AppAsync(Cancel);
        using var client = await app.ClientAsync(Cancel);
        var user = await client.CreateUserAsync(Cancel);

        await running.StopAsync("messaging", Cancel);
        var uploaded = new List<JsonElement>();
        try
        {
            // One after the other, to both replicas: long enough for each relay to have asked in vain several times.
            for (var i = 0; i < 60; i++)
            {
                uploaded.Add(await client.UploadAsync(user, TestImages.Jpeg(64, 48), "offline.jpg", Cancel));
            }
        }
        finally
        {
            await running.StartAsync("messaging", Cancel);
        }

        Assert.All(uploaded, image => Assert.Equal("pending", image.GetProperty("status").GetString()));
        var analyzed = await Task.WhenAll(uploaded.Select(image => client.AnalyzedAsync(image.GetProperty("id").GetInt64(), Cancel)));
        Assert.All(analyzed, image => Assert.Equal("analyzed", image.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task Images_whose_worker_is_killed_half_way_are_analyzed_and_announced_once()
    {
        var running = await app.AppAsync(Cancel);
        using var client = await app.ClientAsync(Cancel);
        var user = await client.CreateUserAsync(Cancel);
        var photo = TestImages.Jpeg(4000, 3000);

        var ids = new List<long>();
        for (var i = 0; i < 6; i++)
        {
            ids.Add((await client.UploadAsync(user, photo, $"{i}.jpg", Cancel)).GetProperty("id").GetInt64());
        }

        // The first is done and the others are not: the worker has one in its hands and more before it.
        await client.AnalyzedAsync(ids[0], Cancel);
        await running.RestartedAsync("analysis", await running.KillAsync("analysis", Cancel), Cancel);

        foreach (var id in ids)
        {
            Assert.Equal("analyzed", (await client.AnalyzedAsync(id, Cancel)).GetProperty("status").GetString());
        }

        var events = await EventsUpToMarkerAsync(client, user);
        Assert.Equal(ids.Order(), events.Where(e => e.Type is "image.analyzed").Select(e => e.Id).Order());
        // The same photo six times: each but the first that was analyzed looks like another.
        var duplicates = events.Where(e => e.Type is "image.duplicates").Select(e => e.Id).ToList();
        Assert.Equal((ids.Count - 1, ids.Count - 1), (duplicates.Count, duplicates.Distinct().Count()));
    }

    [Fact]
    public async Task An_upload_is_503_while_the_blob_store_is_down_and_leaves_no_image()
    {
        var running = await app.AppAsync(Cancel);
        using var client = await app.ClientAsync(Cancel);
        var user = await client.CreateUserAsync(Cancel);

        await running.StopAsync("blobs", Cancel);
        try
        {
            using var refused = await client.PostFileAsync(user, TestImages.Jpeg(64, 64), "x.jpg", Cancel);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        finally
        {
            await running.StartAsync("blobs", Cancel);
        }

        using var list = await client.Http.GetAsync($"/users/{user}/images", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, list.StatusCode);
        await Eventually.ReadAsync(
            cancel => client.PostFileAsync(user, TestImages.Jpeg(64, 64), "x.jpg", cancel),
            until: again => again.StatusCode is HttpStatusCode.OK,
            within: s_limit,
            Cancel);
    }

    /// <summary>Image ids of the user's <c>image.analyzed</c> events, up to a last upload that marks the end: none after it is missed.</summary>
    private static async Task<List<(string Type, long Id)>> EventsUpToMarkerAsync(ImagesClient client, long user)
    {
        var marker = (await client.UploadAsync(user, TestImages.Png(8, 8), "marker.png", Cancel)).GetProperty("id").GetInt64();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(s_limit);

        var events = new List<(string Type, long Id)>();
        await foreach (var item in client.EventsAsync(user, lastEventId: "0", limit.Token))
        {
            var id = JsonElement.Parse(item.Data).GetProperty("image_id").GetInt64();
            if (id == marker && item.EventType is not "image.uploaded")
            {
                break;
            }

            events.Add((item.EventType, id));
        }

        return events;
    }
}
