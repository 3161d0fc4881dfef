using System.Diagnostics;
using System.Globalization;
using System.Net;
using BillionHearts.Tests.Api.Resumable;

namespace BillionHearts.Tests.Distributed;

/// <summary>Replicas of the api that are killed in the middle of a resumable upload.</summary>
[Collection(typeof(Outages))]
public sealed class ResumableOutageTests(AppHostFixture app)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_goes_on_when_a_replica_is_killed_between_its_chunks_and_when_it_is_back()
    {
        var running = await app.AppAsync(Cancel);
        using var client = await app.ClientAsync(Cancel);
        using var photo = new PhotoFile();
        var user = await client.CreateUserAsync(Cancel);
        await using var tus = TusJsClient.Start(ResumableTests.Task(client, user, photo, new { chunkSize = 1_000_000, pauseAt = 4_000_000 }));
        await tus.UntilAsync("paused", Cancel);

        var killed = (await ReplicasAsync(running))[0];
        Kill(killed);
        await tus.ContinueAsync();
        await tus.UntilAsync(said => said.GetProperty("event").GetString() is "accepted" && said.GetProperty("bytes").GetInt64() >= 8_000_000, Cancel);
        await RestartedAsync(running, killed);

        await photo.AssertIsAsync((await tus.UntilAsync("success", Cancel)).GetProperty("image").GetString(), client, user, Cancel);
    }

    [Fact]
    public async Task An_upload_goes_on_when_every_replica_is_killed_while_it_is_sent()
    {
        var running = await app.AppAsync(Cancel);
        using var client = await app.ClientAsync(Cancel);
        using var photo = new PhotoFile();
        var user = await client.CreateUserAsync(Cancel);
        var replicas = await ReplicasAsync(running);
        await using var tus = TusJsClient.Start(ResumableTests.Task(client, user, photo, new { chunkSize = (int?)null }));

        // All of it in one request, of which some has been sent.
        await tus.UntilAsync(said => said.GetProperty("event").GetString() is "sent" && said.GetProperty("bytes").GetInt64() >= 2_000_000, Cancel);
        Array.ForEach(replicas, Kill);

        foreach (var replica in replicas)
        {
            await RestartedAsync(running, replica);
        }

        await photo.AssertIsAsync((await tus.UntilAsync("success", Cancel)).GetProperty("image").GetString(), client, user, Cancel);
    }

    [Fact]
    public async Task A_large_body_is_told_to_come_back_while_no_replica_runs()
    {
        var running = await app.AppAsync(Cancel);
        using var client = await app.ClientAsync(Cancel);
        var (user, tus) = (await client.CreateUserAsync(Cancel), new TusClient(client.Http));
        var path = await tus.CreateAsync(user, 2_000_000);

        await running.ResourceCommands.ExecuteCommandAsync("api", KnownResourceCommands.StopCommand, Cancel);
        try
        {
            using var refused = await tus.PatchAsync(path, 0, new byte[2_000_000]);
            Assert.Equal((HttpStatusCode.BadGateway, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        finally
        {
            await running.ResourceCommands.ExecuteCommandAsync("api", KnownResourceCommands.StartCommand, Cancel);
            await running.ResourceNotifications.WaitForResourceHealthyAsync("api", Cancel).WaitAsync(s_limit, Cancel);
        }

        Assert.Equal(0, await tus.OffsetAsync(path));
    }

    private static void Kill(Replica replica)
    {
        using var process = Process.GetProcessById(replica.Pid);
        process.Kill();
    }

    private static async Task RestartedAsync(DistributedApplication running, Replica killed)
    {
        await running.ResourceNotifications
            .WaitForResourceAsync("api", update => update.ResourceId == killed.Id && Pid(update) != killed.Pid, Cancel).WaitAsync(s_limit, Cancel);
        // Our local host starts it again by itself; Aspire's waits for this command. Where it runs already, the command is refused.
        await running.ResourceCommands.ExecuteCommandAsync(killed.Id, KnownResourceCommands.StartCommand, Cancel);
        await running.ResourceNotifications.WaitForResourceHealthyAsync("api", Cancel).WaitAsync(s_limit, Cancel);
    }

    private static async Task<Replica[]> ReplicasAsync(DistributedApplication running)
    {
        await running.ResourceNotifications.WaitForResourceHealthyAsync("api", Cancel).WaitAsync(s_limit, Cancel);
        var replicas = new Dictionary<string, int>();

        await foreach (var update in running.ResourceNotifications.WatchAsync(Cancel))
        {
            if (update.Resource.Name is "api" && Pid(update) is { } pid)
            {
                replicas[update.ResourceId] = pid;
            }

            if (replicas.Count is 2)
            {
                break;
            }
        }

        return [.. replicas.Select(replica => new Replica(replica.Key, replica.Value))];
    }

    private static int? Pid(ResourceEvent update) =>
        update.Snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value is { } pid
            ? Convert.ToInt32(pid, CultureInfo.InvariantCulture)
            : null;

    private sealed record Replica(string Id, int Pid);
}
