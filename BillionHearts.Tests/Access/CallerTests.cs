using System.Net.Http.Json;
using System.Text;
using BillionHearts.Tests.Api;

namespace BillionHearts.Tests.Access;

/// <summary>What a caller may do beyond what the matrix asks of every route.</summary>
[Collection(typeof(GuardedApi))]
public sealed class CallerTests(AccessFixture fixture)
{
    private static readonly string[] s_read = ["images:read"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_form_for_another_user_is_403_in_either_part_order_and_stores_nothing(bool userFirst)
    {
        var before = await fixture.Host.CountBlobsAsync(Cancel);
        using var form = new MultipartFormDataContent();
        var parts = new (HttpContent Content, string Name)[] { (new StringContent($"{fixture.Ann.Id}"), "user_id"), (new ByteArrayContent(TestImages.Png(10, 10)), "file") };

        foreach (var (content, name) in userFirst ? parts : parts.Reverse())
        {
            if (name is "file")
            {
                form.Add(content, name, "a.png");
            }
            else
            {
                form.Add(content, name);
            }
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "/images") { Content = form };
        using var response = await fixture.SendAsync(request, fixture.Bob.Token, Cancel);

        Assert.Equal(403, (int)response.StatusCode);
        // Blobs that earlier tests replaced may go meanwhile.
        Assert.InRange(await fixture.Host.CountBlobsAsync(Cancel), 0, before);
    }

    [Fact]
    public async Task Two_Authorization_headers_are_400_and_one_without_Bearer_401()
    {
        using var two = await SendRawAsync($"Authorization: Bearer {fixture.Ann.Token}\r\nAuthorization: Bearer {fixture.Bob.Token}\r\n");
        using var basic = await SendRawAsync($"Authorization: Basic {Convert.ToBase64String("a:b"u8)}\r\n");
        using var empty = await SendRawAsync("Authorization: Bearer\r\n");
        using var padded = await SendRawAsync($"Authorization: bearer  {fixture.Ann.Token}\r\n");

        Assert.Equal((400, 401, 401, 200), ((int)two.StatusCode, (int)basic.StatusCode, (int)empty.StatusCode, (int)padded.StatusCode));
    }

    [Fact]
    public async Task A_token_of_64_KB_is_refused_unread()
    {
        using var response = await SendRawAsync($"Authorization: Bearer {new string('a', 64 * 1024)}\r\n");
        Assert.True((int)response.StatusCode is 400 or 401 or 431, $"{response.StatusCode}");
    }

    [Fact]
    public async Task Uploads_keys_and_shares_of_others_are_answered_like_ones_that_do_not_exist()
    {
        var answers = new List<(string Foreign, string None)>();

        // As many people as the limit of unfinished uploads asks for.
        for (var person = 0; person < 4; person++)
        {
            var (owner, _, _) = await fixture.NewUserAsync(Cancel);
            var token = fixture.Tokens.For(owner);

            for (var i = 0; i < 48; i++)
            {
                var upload = await fixture.NewUploadAsync(owner, token, Cancel);
                answers.Add((await AskAsync(HttpMethod.Head, $"/uploads/{upload}"), await AskAsync(HttpMethod.Head, $"/uploads/{Guid.NewGuid():n}")));
            }

            var (_, key) = await fixture.CallAsync(HttpMethod.Post, $"/users/{owner}/keys", new { name = "k", scopes = s_read }, token, Cancel);
            var (image, mine) = (await fixture.NewImageAsync(owner, token, Cancel), $"/users/{fixture.Bob.Id}");
            var (_, share) = await fixture.CallAsync(HttpMethod.Post, $"/users/{owner}/shares", new { image_ids = new[] { image } }, token, Cancel);
            answers.Add((await AskAsync(HttpMethod.Delete, $"{mine}/keys/{key.GetProperty("id")}"), await AskAsync(HttpMethod.Delete, $"{mine}/keys/{long.MaxValue}")));
            answers.Add((await AskAsync(HttpMethod.Delete, $"{mine}/shares/{share.GetProperty("id")}"), await AskAsync(HttpMethod.Delete, $"{mine}/shares/{long.MaxValue}")));
        }

        Assert.Equal(200, answers.Count);
        Assert.All(answers, answer => Assert.Equal(answer.None, answer.Foreign));
        Assert.All(answers, answer => Assert.StartsWith("404\n", answer.None));

        // Everything but what is different each time.
        async Task<string> AskAsync(HttpMethod method, string path)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Add("Tus-Resumable", "1.0.0");
            using var response = await fixture.SendAsync(request, fixture.Bob.Token, Cancel);
            var headers = response.Headers.Concat(response.Content.Headers).Where(header => header.Key is not ("Date" or "X-Request-Id"))
                .Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
            var body = await response.Content.ReadAsStringAsync(Cancel);
            return $"{(int)response.StatusCode}\n{string.Join('\n', headers)}\n{System.Text.RegularExpressions.Regex.Replace(body, "\"traceId\":\"[^\"]*\"", "")}";
        }
    }

    [Fact]
    public async Task Another_users_id_is_403_whether_the_user_exists_or_not()
    {
        var foreign = await fixture.CallAsync(HttpMethod.Get, $"/users/{fixture.Ann.Id}/images", null, fixture.Bob.Token, Cancel);
        var none = await fixture.CallAsync(HttpMethod.Get, "/users/4611686018427387904/images", null, fixture.Bob.Token, Cancel);

        Assert.Equal((403, 403), (foreign.Status, none.Status));
        Assert.Equal(foreign.Body.GetProperty("detail").GetString(), none.Body.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_user_cannot_find_out_which_files_another_user_has()
    {
        var (_, image) = await fixture.CallAsync(HttpMethod.Get, $"/images/{fixture.Ann.Image}", null, fixture.Ann.Token, Cancel);
        var hashes = new[] { image.GetProperty("sha256").GetString() };

        var (own, mine) = await fixture.CallAsync(HttpMethod.Post, "/images/check", new { user_id = fixture.Ann.Id, sha256 = hashes }, fixture.Ann.Token, Cancel);
        var (foreign, _) = await fixture.CallAsync(HttpMethod.Post, "/images/check", new { user_id = fixture.Ann.Id, sha256 = hashes }, fixture.Bob.Token, Cancel);
        var (bobs, his) = await fixture.CallAsync(HttpMethod.Post, "/images/check", new { user_id = fixture.Bob.Id, sha256 = hashes }, fixture.Bob.Token, Cancel);

        Assert.Equal((200, 403, 200), (own, foreign, bobs));
        Assert.True(mine.GetProperty("results")[0].GetProperty("stored").GetBoolean());
        Assert.DoesNotContain(his.GetProperty("results")[0].GetProperty("image_ids").EnumerateArray(), id => id.GetInt64() == fixture.Ann.Image);
    }

    [Fact]
    public async Task In_Development_a_token_is_optional_but_is_checked_if_sent()
    {
        await using var host = await ApiHost.StartAsync(fixture.App, Cancel, ("Auth:SigningKey", fixture.Tokens.SigningKey));
        var (ann, bob) = (await host.CreateUserAsync(Cancel), await host.CreateUserAsync(Cancel));
        var image = (await host.UploadAsync(ann, TestImages.Png(10, 10), Cancel)).GetProperty("id").GetInt64();

        Assert.Equal(200, await ReadAsync(null));
        Assert.Equal(200, await ReadAsync($"Bearer {fixture.Tokens.For(ann)}"));
        Assert.Equal(403, await ReadAsync($"Bearer {fixture.Tokens.For(bob)}"));
        Assert.Equal(401, await ReadAsync("Bearer garbage"));
        Assert.Equal(401, await ReadAsync("Basic YTpi"));
        using var keys = await host.Http.PostAsJsonAsync($"/users/{ann}/keys", new { name = "k", scopes = s_read }, Cancel);
        Assert.Equal(401, (int)keys.StatusCode);

        async Task<int> ReadAsync(string? authorization)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/images/{image}");

            if (authorization is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            }

            using var response = await host.Http.SendAsync(request, Cancel);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task A_token_stays_valid_when_its_signing_key_is_rotated_but_not_when_withdrawn()
    {
        await using var changed = await ApiHost.StartAsync(
            fixture.App, Cancel, ("Auth:SigningKey", TestTokens.NewKey()), ("Auth:PreviousKeys:0", fixture.Tokens.SigningKey));
        await using var withdrawn = await ApiHost.StartAsync(fixture.App, Cancel, ("Auth:SigningKey", TestTokens.NewKey()));

        foreach (var (host, expected) in new[] { (changed, 404), (withdrawn, 401) })
        {
            var user = await host.CreateUserAsync(Cancel);
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/users/{user}/images");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {fixture.Tokens.For(user)}");
            using var response = await host.Http.SendAsync(request, Cancel);
            Assert.Equal(expected, (int)response.StatusCode);
        }
    }

    [Fact]
    public async Task A_user_who_asks_too_often_is_429_and_another_is_not()
    {
        await using var host = await ApiHost.StartAsync(
            fixture.App, Cancel, ("Auth:SigningKey", fixture.Tokens.SigningKey), ("RateLimits:PerUser", "1"), ("RateLimits:Burst", "5"));
        var (ann, bob) = (await host.CreateUserAsync(Cancel), await host.CreateUserAsync(Cancel));
        var statuses = new List<int>();

        for (var i = 0; i < 12; i++)
        {
            statuses.Add((int)(await ListAsync(ann)).StatusCode);
        }

        using var refused = await ListAsync(ann);
        Assert.Equal(404, statuses[0]);
        Assert.Contains(429, statuses);
        Assert.Equal(429, (int)refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        Assert.Equal(404, (int)(await ListAsync(bob)).StatusCode);

        async Task<HttpResponseMessage> ListAsync(long user)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/users/{user}/images");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {fixture.Tokens.For(user)}");
            return await host.Http.SendAsync(request, Cancel);
        }
    }

    [Fact]
    public async Task An_address_that_creates_too_many_users_is_429_and_another_is_not()
    {
        await using var host = await ApiHost.StartAsync(fixture.App, new ManualClock(), Cancel, ("RateLimits:Registrations", "3"));
        var statuses = new List<int>();

        for (var i = 0; i < 5; i++)
        {
            statuses.Add((int)(await RegisterAsync("192.0.2.1")).StatusCode);
        }

        using var refused = await RegisterAsync("192.0.2.1");
        Assert.Equal([200, 200, 200, 429, 429], statuses);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Contains("the limit is 3 per minute", await refused.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(200, (int)(await RegisterAsync("192.0.2.2")).StatusCode);

        async Task<HttpResponseMessage> RegisterAsync(string address)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/users/") { Content = JsonContent.Create(new { username = $"user-{Guid.NewGuid():n}" }) };
            request.Headers.Add("X-Forwarded-For", address);
            return await host.Http.SendAsync(request, Cancel);
        }
    }

    /// <summary>Over a bare connection: HTTP clients correct such requests.</summary>
    private async Task<HttpResponseMessage> SendRawAsync(string headers)
    {
        var address = fixture.Host.Http.BaseAddress!;
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, Cancel);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /images/{fixture.Ann.Image} HTTP/1.1\r\nHost: localhost\r\n{headers}Connection: close\r\n\r\n"), Cancel);
        using var reader = new StreamReader(stream);
        var status = (await reader.ReadLineAsync(Cancel))!.Split(' ')[1];
        return new HttpResponseMessage((System.Net.HttpStatusCode)int.Parse(status, System.Globalization.CultureInfo.InvariantCulture));
    }
}
