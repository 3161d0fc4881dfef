using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>
/// Events while what carries them is killed again and again: notifications, gateway, broker and client, in turns, with SIGKILL. A client that goes on with
/// <c>Last-Event-ID</c> must be told of each image, in order, and of none of another user.
/// </summary>
internal static class KillsBench
{
    private static readonly string[] s_victims = ["notifications", "nginx", "RabbitMQ", "client"];

    public static async Task<bool> RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var (events, kills) = (options.GetValue("events", 1000), options.GetValue("kills", 20));
        var pause = TimeSpan.FromSeconds(options.GetValue("pause", 8.0));
        using var bench = new BenchClient(options);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) }) { BaseAddress = bench.Gateway };
        var topology = TopologyProcesses.Find();
        long[] users = [await bench.CreateUserAsync(cancellationToken), await bench.CreateUserAsync(cancellationToken)];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ListeningClient[] clients = [.. users.Select(user => new ListeningClient(http, user))];
        var listening = clients.Select(client => client.RunAsync(stop.Token)).ToList();
        // The other user has a tenth.
        var uploading = users.Zip([events, events / 10]).Select(one => UploadAllAsync(http, one.First, one.Second, (kills + 1) * pause, cancellationToken)).ToList();
        Console.WriteLine($"{events} images of one user and {events / 10} of another; {kills} kills, one every {pause.TotalSeconds:0.#} s.\n");

        for (var i = 0; i < kills; i++)
        {
            await Task.Delay(pause, cancellationToken);
            var victim = s_victims[i % s_victims.Length];
            var killed = victim is "client" ? Break(clients) : topology.Kill(victim);
            Console.WriteLine($"{i + 1}: {victim}, {killed} killed; told so far: {string.Join(" and ", clients.Select(client => client.Told.Count))}");
        }

        var uploaded = await Task.WhenAll(uploading);
        var all = true;

        foreach (var (client, user, images) in clients.Zip(users, uploaded))
        {
            await Eventually.TrueAsync(_ => Task.FromResult(Analyzed(client).Distinct().Count() >= images.Count), TimeSpan.FromMinutes(10), cancellationToken);
            all &= Report(client, user, images);
        }

        await stop.CancelAsync();
        await Task.WhenAll(listening);
        return all;
    }

    private static int Break(ListeningClient[] clients)
    {
        foreach (var client in clients)
        {
            client.Break();
        }

        return clients.Length;
    }

    private static IEnumerable<long> Analyzed(ListeningClient client) => client.Told.Where(told => told.Type is "image.analyzed").Select(told => told.Image);

    private static bool Report(ListeningClient client, long user, IReadOnlyCollection<long> images)
    {
        var told = client.Told.ToArray();
        var once = told.DistinctBy(one => one.Id).ToList();
        var analyzed = once.Where(one => one.Type is "image.analyzed").Select(one => one.Image).ToList();
        var (isSet, isOnce, isOrdered, isOwn) = (
            analyzed.ToHashSet().SetEquals(images), analyzed.Count == images.Count,
            once.Select(one => one.Id).SequenceEqual(Enumerable.Range(1, once.Count).Select(id => (long)id)), told.All(one => one.User == user));
        Console.WriteLine(
            $"\nUser {user}: {told.Length} events over {client.Connections} connections, {told.Length - once.Count} came twice; "
            + $"{analyzed.Count} of {images.Count} images analyzed: the set is {(isSet ? "exact" : "NOT exact")}, each {(isOnce ? "once" : "NOT once")} after removing repetitions, "
            + $"ids {(isOrdered ? "in order without a gap" : "NOT in order, or with gaps")}, {(isOwn ? "none" : "SOME")} of another user.");

        return isSet && isOnce && isOrdered && isOwn;
    }

    /// <summary>Spreads the uploads over the time, and repeats each with the same <c>Idempotency-Key</c> until it is answered.</summary>
    private static async Task<IReadOnlyCollection<long>> UploadAllAsync(HttpClient http, long user, int count, TimeSpan time, CancellationToken cancellationToken)
    {
        HashSet<long> images = [];

        for (var i = 0; i < count; i++)
        {
            images.Add(await UploadAsync(http, user, TestImages.Jpeg(40 + (i % 50), 40 + (i / 50)), cancellationToken));
            await Task.Delay(time / count / 2, cancellationToken);
        }

        return images;
    }

    private static async Task<long> UploadAsync(HttpClient http, long user, byte[] photo, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString();

        while (true)
        {
            try
            {
                using var form = new MultipartFormDataContent { { new StringContent($"{user}"), "user_id" } };
                form.Add(new ByteArrayContent(photo) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } }, "file", "kill.jpg");
                using var request = new HttpRequestMessage(HttpMethod.Post, "/images/") { Content = form };
                request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
                using var response = await http.SendAsync(request, cancellationToken);

                if (response.IsSuccessStatusCode)
                {
                    return JsonElement.Parse(await response.Content.ReadAsStringAsync(cancellationToken)).GetProperty("id").GetInt64();
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                // The gateway was killed.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }
    }
}
