using System.Net;
using BillionHearts.Tests.Api.Resumable;

namespace BillionHearts.Tests.Distributed;

/// <summary>Replicas of the api that are killed in the middle of a resumable upload.</summary>
[Collection(typeof(Outages))]
public sealed class ResumableOutageTests(AppHostFixture app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_goes_on_when_a_replica_is_killed_between_chunks_and_restarted()
    {
        var running = await app.AppAsync(Cancel);
        using var client = await app.ClientAsync(Cancel);
        using var photo = new PhotoFile();
        var user = await client.CreateUserAsync(Cancel);
        await using var tus = TusJsClient.Start(ResumableTests.Task(client, user, photo, new { chunkSize = 1_000_000, pauseAt = 4_000_000 }));
        await tus.UntilAsync("paused", Cancel);

        var killed = await running.KillAsync("api-1", Cancel);
        await tus.ContinueAsync();
        await tus.UntilAsync(said => said.GetProperty("event").GetString() is "accepted" && said.GetProperty("bytes").GetInt64() >= 8_000_000, Cancel);
        await running.RestartedAsync("api-1", killed, Cancel);

        await photo.AssertIsAsync((await tus.UntilAsync("success", Cancel)).GetProperty("image").GetString(), client, user, Cancel);
    }

    [Fact]
    public async Task An_upload_goes_on_when_every_replica_is_killed_while_it_is_sent()
    {
        var running = await app.AppAsync(Cancel);
        using var client = await app.ClientAsync(Cancel);
        using var photo = new PhotoFile();
        var user = await client.CreateUserAsync(Cancel);
        await using var tus = TusJsClient.Start(ResumableTests.Task(client, user, photo, new { chunkSize = (int?)null }));

        // All of it in one request, of which some has been sent.
        await tus.UntilAsync(said => said.GetProperty("event").GetString() is "sent" && said.GetProperty("bytes").GetInt64() >= 2_000_000, Cancel);
        var killed = await Task.WhenAll(TopologyCommands.ApiReplicas.Select(replica => running.KillAsync(replica, Cancel)));

        foreach (var (replica, pid) in TopologyCommands.ApiReplicas.Zip(killed))
        {
            await running.RestartedAsync(replica, pid, Cancel);
        }

        await photo.AssertIsAsync((await tus.UntilAsync("success", Cancel)).GetProperty("image").GetString(), client, user, Cancel);
    }

    [Fact]
    public async Task A_large_upload_is_told_to_retry_later_while_no_replica_runs()
    {
        var running = await app.AppAsync(Cancel);
        using var client = await app.ClientAsync(Cancel);
        var (user, tus) = (await client.CreateUserAsync(Cancel), new TusClient(client.Http));
        var path = await tus.CreateAsync(user, 2_000_000);

        await Task.WhenAll(TopologyCommands.ApiReplicas.Select(replica => running.StopAsync(replica, Cancel)));
        try
        {
            using var refused = await tus.PatchAsync(path, 0, new byte[2_000_000]);
            Assert.Equal((HttpStatusCode.BadGateway, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        finally
        {
            await Task.WhenAll(TopologyCommands.ApiReplicas.Select(replica => running.StartAsync(replica, Cancel)));
        }

        Assert.Equal(0, await tus.OffsetAsync(path));
    }
}
