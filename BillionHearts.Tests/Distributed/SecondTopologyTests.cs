using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using BillionHearts.Tests.Analysis.Metadata;

namespace BillionHearts.Tests.Distributed;

/// <summary>A topology that requires tokens and stores images as files: two replicas of the api and the worker share one folder.</summary>
public sealed class SecondTopologyTests(AppHostFixture first, SecondTopology topology) : IClassFixture<SecondTopology>
{
    private static readonly string[] s_scopes = ["images:read"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_replicas_of_a_second_topology_store_analyze_and_return_images_bit_exact()
    {
        var (client, user) = await topology.NewUserAsync(Cancel);
        using var _ = client;
        using var elsewhere = await first.ClientAsync(Cancel);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async number =>
        {
            var file = TestImages.Jpeg(640 + number, 480);
            var id = (await client.UploadAsync(user, file, "x.jpg", Cancel)).GetProperty("id").GetInt64();

            var image = await client.AnalyzedAsync(id, Cancel);
            Assert.Equal("analyzed", image.GetProperty("status").GetString());
            Assert.Equal(file, await client.Http.GetByteArrayAsync(new Uri($"/images/{id}/download", UriKind.Relative), Cancel));

            // In the folder that both replicas and the worker share: the original, and the two renditions that are made of each image.
            var name = image.GetProperty("storage_path").GetString()!.Split('/')[^1];
            Assert.Equal(3, Directory.EnumerateFiles(Path.Join(topology.Folder.Path, "blobs"), $"*{name}*", SearchOption.AllDirectories).Count());

            var media = new Uri(image.GetProperty("url").GetString()!).PathAndQuery;
            using var here = await client.Http.GetAsync(media, Cancel);
            using var there = await elsewhere.Http.GetAsync(media, Cancel);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (here.StatusCode, there.StatusCode));
        }));

        Assert.Empty(topology.Folder.Unfinished);
    }

    [Fact]
    public async Task Only_the_owner_sees_a_users_images_and_events()
    {
        var (ann, user) = await topology.NewUserAsync(Cancel);
        var (bob, other) = await topology.NewUserAsync(Cancel);
        using var stranger = topology.NewClient();
        using var _ = ann;
        using var __ = bob;

        var posted = await ann.Http.PostAsJsonAsync(
            "/images/", new { user_id = user, original_filename = "a.jpg", width = 1, height = 1, file_size = 1, file_type = "jpeg" }, Cancel);
        var id = (await ImagesClient.ReadAsync(posted, Cancel)).GetProperty("id").GetInt64();

        foreach (var path in new[] { $"/images/{id}", $"/images/{id}/download", $"/users/{user}/images", $"/users/{user}/events", $"/users/{user}/audit" })
        {
            Assert.Equal((401, 403), (await StatusAsync(stranger, path), await StatusAsync(bob, path)));
        }

        Assert.Equal((200, 404), (await StatusAsync(ann, $"/images/{id}"), await StatusAsync(ann, "/images/9007199254740993")));
        using var foreign = await bob.Http.PostAsJsonAsync(
            "/images/", new { user_id = user, original_filename = "a.jpg", width = 1, height = 1, file_size = 1, file_type = "jpeg" }, Cancel);
        Assert.Equal(403, (int)foreign.StatusCode);
        Assert.NotEqual(user, other);

        // The stream opens for the owner, and tells of the deletion.
        using var deleted = await ann.Http.DeleteAsync($"/images/{id}", Cancel);
        Assert.Equal(200, (int)deleted.StatusCode);
        var told = await ann.EventsAsync(user, "0", Cancel).FirstAsync(Cancel);
        Assert.Equal(id, JsonElement.Parse(told.Data).GetProperty("image_id").GetInt64());
    }

    [Fact]
    public async Task Two_replicas_of_notifications_of_which_each_is_killed_miss_no_event()
    {
        var (ann, user) = await topology.NewUserAsync(Cancel);
        using var _ = ann;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var events = new EventClient(ann.Http, user).ListenAsync(limit.Token).Where(told => told.Type is "image.analyzed").GetAsyncEnumerator(limit.Token);
        List<long> uploaded = [], told = [];

        foreach (var replica in new[] { "notifications-1", "notifications-2" })
        {
            await UploadAsync();
            await TellAsync();
            var killed = await topology.App.KillAsync(replica, Cancel);
            await UploadAsync();
            await TellAsync();
            await topology.App.RestartedAsync(replica, killed, Cancel);
        }

        await events.DisposeAsync();
        Assert.Equal(uploaded.Order(), told.Order());

        async Task UploadAsync()
        {
            for (var i = 0; i < 3; i++)
            {
                uploaded.Add((await ann.UploadAsync(user, TestImages.Jpeg(40 + uploaded.Count, 30), "x.jpg", Cancel)).GetProperty("id").GetInt64());
            }
        }

        async Task TellAsync()
        {
            while (told.Count < uploaded.Count && await events.MoveNextAsync())
            {
                told.Add(events.Current.Data.GetProperty("image_id").GetInt64());
            }
        }
    }

    [Fact]
    public async Task The_cache_serves_a_signed_address_and_no_variant_of_it()
    {
        var (ann, user) = await topology.NewUserAsync(Cancel);
        using var _ = ann;
        using var stranger = topology.NewClient();
        var file = TestImages.Jpeg(300, 200);
        var id = (await ann.UploadAsync(user, file, "x.jpg", Cancel)).GetProperty("id").GetInt64();
        var image = await ann.AnalyzedAsync(id, Cancel);

        var signed = new[] { image.GetProperty("url"), image.GetProperty("renditions").GetProperty("thumb").GetProperty("url") }
            .Select(url => new Uri(url.GetString()!).PathAndQuery).ToArray();

        foreach (var address in signed)
        {
            // By the address, whoever has it: an <img> sends no token.
            using var first = await stranger.Http.GetAsync(address, Cancel);
            using var again = await stranger.Http.GetAsync(address, Cancel);
            Assert.Equal((200, 200), ((int)first.StatusCode, (int)again.StatusCode));
            Assert.Equal("HIT", again.Headers.GetValues("X-Cache").Single());
            Assert.Equal(await first.Content.ReadAsByteArrayAsync(Cancel), await again.Content.ReadAsByteArrayAsync(Cancel));
            Assert.True(again.Headers.CacheControl is { Private: true, Public: false }, $"{again.Headers.CacheControl}");

            foreach (var variant in Variants(address, signed))
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, variant);
                request.Headers.Add("X-Original-URL", address);
                request.Headers.TryAddWithoutValidation("Range", "bytes=0-99");
                using var response = await stranger.Http.SendAsync(request, Cancel);
                Assert.True((int)response.StatusCode is 400 or 403 or 404, $"{variant} was answered with {(int)response.StatusCode}.");
                Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            }
        }
    }

    /// <summary>What somebody may try who has seen an address once.</summary>
    private static IEnumerable<string> Variants(string address, string[] all)
    {
        var (path, query) = (address.Split('?')[0], address.Split('?')[1]);
        var expiry = query.Split('&')[0].Split('=')[1];
        var signature = query.Split("sig=")[1];
        var first = signature[0] is 'A' ? 'B' : 'A';
        // The same bytes in base64: of its last character two bits count.
        var last = (char)(signature[^1] + 1);

        yield return path;
        yield return $"{path}?";
        yield return $"{path}?exp={expiry}";
        yield return $"{path}?sig={signature}";
        yield return $"{path}?exp={expiry}&sig=";
        yield return $"{path}?exp={expiry}&sig={signature[..^1]}";
        yield return $"{path}?exp={expiry}&sig={signature[..^1]}{last}";
        yield return $"{path}?exp={expiry}&sig={first}{signature[1..]}";
        yield return $"{path}?exp={expiry}&sig={signature}==";
        yield return $"{path}?exp={long.Parse(expiry, System.Globalization.CultureInfo.InvariantCulture) + 1}&sig={signature}";
        yield return $"{path}?exp=0&sig={signature}";
        yield return $"{path}?exp=9999999999&sig={signature}";
        yield return $"{path}?exp={expiry}&exp=9999999999&sig={new string('A', 22)}";
        yield return $"{path};x.css?{query}";
        yield return address.Replace("/media/", "/media//", StringComparison.Ordinal);
        yield return address.Replace("/media/", "/MEDIA/", StringComparison.Ordinal);

        foreach (var other in all.Where(other => other != address))
        {
            yield return $"{other.Split('?')[0]}?{query}";
        }
    }

    [Fact]
    public async Task Only_its_owner_sees_where_a_photo_was_taken()
    {
        const string Secret = "serial-4711-of-ann";
        var (ann, user) = await topology.NewUserAsync(Cancel);
        using var _ = ann;
        using var stranger = topology.NewClient();
        var file = PlantedMetadata.Jpeg(TestImages.Jpeg(400, 300), orientation: 6);
        Assert.Contains(PlantedMetadata.Secret, Encoding.Latin1.GetString(file));
        var id = (await ann.UploadAsync(user, file, $"{Secret}.jpg", Cancel)).GetProperty("id").GetInt64();
        var image = await ann.AnalyzedAsync(id, Cancel);

        Assert.InRange(image.GetProperty("analysis").GetProperty("location").GetProperty("latitude").GetDouble(), -90, 90);
        Assert.Equal(file, await ann.Http.GetByteArrayAsync(new Uri($"/images/{id}/download", UriKind.Relative), Cancel));

        var link = (await PostAsync(ann, $"/users/{user}/shares", new { image_ids = new[] { id } })).GetProperty("url").GetString()!;
        var shown = await stranger.FetchAsync(new Uri(link).PathAndQuery, Cancel);
        Assert.Equal(HttpStatusCode.OK, shown.Status);
        var shared = JsonElement.Parse(shown.Body).GetProperty("images")[0];
        string[] addresses = [shared.GetProperty("url").GetString()!, .. shared.GetProperty("renditions").EnumerateObject().Select(one => one.Value.GetProperty("url").GetString()!)];

        foreach (var address in addresses.Select(url => new Uri(url).PathAndQuery))
        {
            var answer = await stranger.FetchAsync(address, Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.DoesNotContain(PlantedMetadata.Secret, Encoding.Latin1.GetString(answer.Body));
            // What is signed is this address, and no other of the image.
            Assert.Equal(HttpStatusCode.Forbidden, (await stranger.FetchAsync(address.Replace($"/{address.Split('/', '?')[3]}?", "/original?", StringComparison.Ordinal), Cancel)).Status);
        }

        var clean = await stranger.FetchAsync(new Uri(addresses[0]).PathAndQuery, Cancel);
        using var before = NetVips.Image.NewFromBuffer(file).Autorot();
        using var after = NetVips.Image.NewFromBuffer(clean.Body).Autorot();
        Assert.Equal(before.WriteToMemory<byte>(), after.WriteToMemory<byte>());
        Assert.DoesNotContain(Secret, Encoding.UTF8.GetString(shown.Body));
        Assert.DoesNotContain("location", Encoding.UTF8.GetString(shown.Body));
    }

    [Fact]
    public async Task Only_the_owner_gets_the_signed_address_of_a_copy()
    {
        var (ann, user) = await topology.NewUserAsync(Cancel);
        var (bob, _) = await topology.NewUserAsync(Cancel);
        using var __ = ann;
        using var ___ = bob;
        using var stranger = topology.NewClient();
        var id = (await ann.UploadAsync(user, TestImages.Jpeg(400, 300), "x.jpg", Cancel)).GetProperty("id").GetInt64();
        var path = $"/images/{id}/renditions/128x128-fit.webp";

        Assert.Equal((401, 403), (await StatusAsync(stranger, path), await StatusAsync(bob, path)));
        using var found = await ann.Http.GetAsync(path, Cancel);
        Assert.Equal("image/webp", found.Content.Headers.ContentType?.MediaType);

        // By its address, whoever has it, and by it alone.
        var address = found.RequestMessage!.RequestUri!.PathAndQuery;
        Assert.Contains("&sig=", address);
        Assert.Equal(200, await StatusAsync(stranger, address));
        Assert.Equal(403, await StatusAsync(stranger, address.Split('?')[0]));
        Assert.Equal(403, await StatusAsync(stranger, address.Replace("128x128", "256x256", StringComparison.Ordinal)));

        // Addresses are swept with their signatures too.
        using var deleted = await ann.Http.DeleteAsync($"/images/{id}", Cancel);
        await Eventually.ReadAsync(_ => StatusAsync(stranger, address), until: status => status is 410, TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task A_flood_of_sign_ins_is_refused_by_the_gateway_as_problem_details()
    {
        using var client = topology.NewClient();
        HttpResponseMessage? refused = null;

        for (var i = 0; i < 60 && refused is null; i++)
        {
            using var form = new FormUrlEncodedContent([new("username", ""), new("password", "")]);
            var response = await client.Http.PostAsync("/token", form, Cancel);
            refused = (int)response.StatusCode is 429 ? response : null;
        }

        Assert.NotNull(refused);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(429, JsonElement.Parse(await refused.Content.ReadAsStringAsync(Cancel)).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task No_console_shows_a_password_token_key_link_or_signature()
    {
        var (ann, user) = await topology.NewUserAsync(Cancel);
        using var _ = ann;
        using var stranger = topology.NewClient();
        var id = (await ann.UploadAsync(user, TestImages.Jpeg(50, 40), "x.jpg", Cancel)).GetProperty("id").GetInt64();
        var signed = new Uri((await ann.AnalyzedAsync(id, Cancel)).GetProperty("url").GetString()!).PathAndQuery;
        var key = (await PostAsync(ann, $"/users/{user}/keys", new { name = "k", scopes = s_scopes })).GetProperty("key").GetString()!;
        var link = (await PostAsync(ann, $"/users/{user}/shares", new { image_ids = new[] { id } })).GetProperty("url").GetString()!;
        var (wrongPassword, marker) = ($"wrong-{Guid.NewGuid():n}", $"{Guid.NewGuid():n}");

        using var form = new FormUrlEncodedContent([new("username", "nobody"), new("password", wrongPassword)]);
        using var refused = await stranger.Http.PostAsync("/token", form, Cancel);
        await StatusAsync(stranger, signed);
        await StatusAsync(stranger, $"{signed[..^1]}_");
        await StatusAsync(stranger, new Uri(link).PathAndQuery);
        stranger.Http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        Assert.Equal(200, await StatusAsync(stranger, $"/images/{id}"));
        stranger.Http.DefaultRequestHeaders.Authorization = new("Bearer", $"{ann.Secrets[1]}x");
        Assert.Equal(401, await StatusAsync(stranger, $"/images/{id}"));
        await StatusAsync(stranger, $"/{marker}");

        // The gateway writes once a second; with the last request all before it are there.
        var lines = await Eventually.ReadAsync(
            async _ => await topology.ConsolesAsync(), until: lines => lines.Any(line => line.Contains(marker, StringComparison.Ordinal)), TimeSpan.FromSeconds(30), Cancel);
        string[] secrets = [.. ann.Secrets, wrongPassword, key, link.TrimEnd('/').Split('/')[^1], signed.Split("sig=")[1]];
        Assert.Equal(6, secrets.Count(secret => secret.Length >= 16));
        Assert.All(secrets, secret => Assert.DoesNotContain(lines, line => line.Contains(secret, StringComparison.Ordinal)));
    }

    private static async Task<JsonElement> PostAsync(ImagesClient client, string path, object body)
    {
        using var response = await client.Http.PostAsJsonAsync(path, body, Cancel);
        return await ImagesClient.ReadAsync(response, Cancel);
    }

    private static async Task<int> StatusAsync(ImagesClient client, string path)
    {
        using var response = await client.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancel);
        return (int)response.StatusCode;
    }
}
