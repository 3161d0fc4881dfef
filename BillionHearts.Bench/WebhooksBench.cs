using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BillionHearts.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Npgsql;
using RabbitMQ.Client;

namespace BillionHearts.Bench;

/// <summary>
/// What many webhooks to a receiver that answers after ten seconds do to another user's: the time from an event's publication until the other user's
/// receiver has it, first alone and then beside them, in a topology of its own.
/// </summary>
internal static class WebhooksBench
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var (waiting, count) = (options.GetValue("waiting", 10_000), options.GetValue("count", 200));
        var (delay, interval) = (TimeSpan.FromSeconds(options.GetValue("delay", 10.0)), TimeSpan.FromMilliseconds(options.GetValue("interval", 100.0)));

        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.BillionHearts_AppHost>(
            ["--Logging:LogLevel:Default=None", "--Parameters:webhooks-to-loopback=true"], cancellationToken);
        await using var app = await builder.BuildAsync(cancellationToken);
        await app.StartAsync(cancellationToken).WaitAsync(s_startLimit, cancellationToken);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("gateway", cancellationToken).WaitAsync(s_startLimit, cancellationToken);

        ConcurrentDictionary<string, TaskCompletionSource> expected = [];
        var slow = 0;
        await using var receiver = await StartReceiverAsync(async http =>
        {
            if (http.Request.Path == "/slow")
            {
                Interlocked.Increment(ref slow);
                await Task.Delay(delay, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else if (expected.TryRemove(http.Request.Headers["webhook-id"].ToString(), out var arrival))
            {
                arrival.TrySetResult();
            }
        });

        using var client = new BenchClient(app.GetEndpoint("gateway", "http"));
        var (slowUser, user) = (await client.CreateUserAsync(cancellationToken), await client.CreateUserAsync(cancellationToken));
        await RegisterAsync(client.Gateway, slowUser, $"{receiver.Urls.Single()}/slow", cancellationToken);
        await RegisterAsync(client.Gateway, user, $"{receiver.Urls.Single()}/fast", cancellationToken);

        var factory = new ConnectionFactory { Uri = new Uri((await app.GetConnectionStringAsync("messaging", cancellationToken))!) };
        await using var broker = await factory.CreateConnectionAsync(cancellationToken);
        await using var channel = await broker.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
        await using var database = NpgsqlDataSource.Create((await app.GetConnectionStringAsync("notificationsdb", cancellationToken))!);

        await MeasureAsync("warm-up", count / 4);
        var alone = await MeasureAsync("alone", count);

        var events = Enumerable.Range(0, waiting).Select(_ => NewEvent(slowUser)).ToList();
        await Task.WhenAll(events.Select(one => PublishAsync(channel, one, cancellationToken)));
        while (await CountAsync(database, cancellationToken) < waiting)
        {
            await Task.Delay(s_pause, cancellationToken);
        }

        var before = slow;
        var startedAt = Stopwatch.GetTimestamp();
        var beside = await MeasureAsync($"beside {waiting} waiting for a receiver that takes {delay.TotalSeconds:0.#} s", count);

        Console.WriteLine($"{count} events of one user, one every {interval.TotalMilliseconds:0} ms, from their publication to the receiver.\n");
        Latencies.PrintHeader();
        alone.Print();
        beside.Print();
        Console.WriteLine(
            $"\nMeanwhile {slow - before} attempts began at the slow receiver in {Stopwatch.GetElapsedTime(startedAt).TotalSeconds:0} s. "
            + $"Longest delay by it: {beside.At(100) - alone.At(100):0} ms.");

        async Task<Latencies> MeasureAsync(string name, int events)
        {
            var latencies = new Latencies(name);
            var arrivals = new List<Task>();
            var began = Stopwatch.GetTimestamp();

            for (var i = 0; i < events; i++)
            {
                var wait = (interval * i) - Stopwatch.GetElapsedTime(began);
                await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, cancellationToken);
                arrivals.Add(FollowAsync(latencies));
            }

            await Task.WhenAll(arrivals);
            return latencies;
        }

        async Task FollowAsync(Latencies latencies)
        {
            var (one, arrival) = (NewEvent(user), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            expected[$"msg_{one.EventId:n}"] = arrival;
            var publishedAt = Stopwatch.GetTimestamp();
            await PublishAsync(channel, one, cancellationToken);
            await arrival.Task.WaitAsync(cancellationToken);
            latencies.Record(publishedAt);
        }
    }

    private static ImageEvent NewEvent(long userId) => new()
    {
        EventId = Guid.CreateVersion7(),
        Type = ImagesExchange.Keys.Analyzed,
        ImageId = 1,
        UserId = userId,
        Version = 1,
        OccurredAt = TimeProvider.System.GetUtcNow(),
    };

    private static async Task PublishAsync(IChannel channel, ImageEvent one, CancellationToken cancellationToken) => await channel.BasicPublishAsync(
        ImagesExchange.Name,
        one.Type,
        mandatory: true,
        new BasicProperties { MessageId = one.EventId.ToString("D"), DeliveryMode = DeliveryModes.Persistent },
        JsonSerializer.SerializeToUtf8Bytes(one),
        cancellationToken);

    private static async Task RegisterAsync(Uri gateway, long userId, string url, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = gateway };
        using var response = await http.PostAsJsonAsync($"/users/{userId}/webhooks", new { url }, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT count(*) FROM webhook_deliveries AS d JOIN webhook_endpoints AS e ON e.id = d.endpoint_id WHERE e.url LIKE '%/slow'");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<WebApplication> StartReceiverAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }
}
