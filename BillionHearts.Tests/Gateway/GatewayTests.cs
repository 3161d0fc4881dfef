using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Gateway;

/// <summary>What the gateway accepts, and how it refuses the rest. Sent as bytes, because an HttpClient corrects its requests.</summary>
public sealed class GatewayTests(AppHostFixture app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/health")]
    [InlineData("/trouble")]
    [InlineData("/bff/token")]
    [InlineData("/bff/internal/users/1")]
    [InlineData("/bff/users/..%2finternal/users/1")]
    [InlineData("/assets/../appsettings.json")]
    [InlineData("/alive")]
    [InlineData("/internal/users/1")]
    [InlineData("/users/../internal/users/1")]
    [InlineData("/users/%2e%2e/internal/users/1")]
    [InlineData("/users/..%2finternal/users/1")]
    [InlineData("/users%2f..%2finternal/users/1")]
    [InlineData("//users/1")]
    [InlineData("/imagesx")]
    [InlineData("/media/0123456789ABCDEF0123456789ABCDEF/thumb")]
    [InlineData("/media/0123456789abcdef0123456789abcdef/raw")]
    [InlineData("/.problem")]
    [InlineData("http://elsewhere/images/1")]
    public async Task A_path_that_the_gateway_does_not_list_is_404(string target)
    {
        var answer = await SendAsync($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        AssertProblem(answer, 404, "not-found");
    }

    [Theory]
    [InlineData("FOO\r\n\r\n", 400, "bad-request")]
    [InlineData("GET /images/1 HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "bad-request")]
    [InlineData("GET /images/1 HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", 400, "bad-request")]
    [InlineData("POST /images/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "bad-request")]
    [InlineData("POST /images/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n0\r\n\r\n", 501, "not-implemented")]
    [InlineData("TRACE /images/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405, "method-not-allowed")]
    [InlineData("GET /images/1 HTTP/3.0\r\nHost: a\r\n\r\n", 505, "http-version-not-supported")]
    [InlineData("POST /images/ HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\nConnection: close\r\n\r\n", 413, "body-too-large")]
    [InlineData("POST /users/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1999999\r\nConnection: close\r\n\r\n", 413, "body-too-large")]
    public async Task A_malformed_request_is_refused_as_problem_details(string request, int status, string problem) =>
        AssertProblem(await SendAsync(request), status, problem);

    [Fact]
    public async Task Headers_and_addresses_beyond_8_KB_are_refused()
    {
        var much = new string('a', 9000);

        AssertProblem(await SendAsync($"GET /images/1?q={much} HTTP/1.1\r\nHost: a\r\n\r\n"), 414, "uri-too-long");
        AssertProblem(await SendAsync($"GET /images/1 HTTP/1.1\r\nHost: a\r\nX-Much: {much}\r\n\r\n"), 431, "header-too-large");
    }

    [Fact]
    public async Task A_request_without_a_version_gets_no_answer() => Assert.Equal("", await SendAsync("GET /images/1\r\n"));

    [Fact]
    public async Task An_answer_of_the_api_is_not_cacheable_and_has_its_request_id()
    {
        using var client = await app.ClientAsync(Cancel);
        using var response = await client.Http.GetAsync(new Uri("/images/9007199254740993", UriKind.Relative), Cancel);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.False(response.Headers.Contains("X-Cache"));
        Assert.Single(response.Headers.GetValues("X-Request-Id"));
    }

    [Fact]
    public async Task An_export_passes_the_gateway_unchanged()
    {
        using var client = await app.ClientAsync(Cancel);
        var user = await client.RegisterAsync(Cancel);
        var photo = TestImages.Jpeg(640, 480);
        await client.UploadAsync(user, photo, "photo.jpg", Cancel);

        using var response = await client.Http.GetAsync(new Uri($"/users/{user}/images/export/", UriKind.Relative), Cancel);
        using var zip = new ZipArchive(await response.Content.ReadAsStreamAsync(Cancel), ZipArchiveMode.Read);
        await using var entry = await zip.Entries[0].OpenAsync(Cancel);
        using var bytes = new MemoryStream();
        await entry.CopyToAsync(bytes, Cancel);

        Assert.Equal((HttpStatusCode.OK, "application/zip"), (response.StatusCode, $"{response.Content.Headers.ContentType}"));
        Assert.Single(response.Headers.GetValues("X-Request-Id"));
        Assert.Equal(2, zip.Entries.Count);
        Assert.Equal(photo, bytes.ToArray());
    }

    [Fact]
    public async Task Sessions_months_and_in_Development_users_are_reached_through_the_gateway()
    {
        using var client = await app.ClientAsync(Cancel);
        var user = await client.CreateUserAsync(Cancel);
        using var sessions = await client.Http.GetAsync(new Uri($"/users/{user}/sessions", UriKind.Relative), Cancel);
        using var session = await client.Http.DeleteAsync(new Uri($"/users/{user}/sessions/1", UriKind.Relative), Cancel);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (sessions.StatusCode, session.StatusCode));
        using var months = await client.Http.GetAsync(new Uri($"/users/{user}/images/months?month=2026-11", UriKind.Relative), Cancel);
        Assert.Contains("/no-images", await months.Content.ReadAsStringAsync(Cancel));
        Assert.Contains("username", await client.Http.GetStringAsync(new Uri("/users?limit=1", UriKind.Relative), Cancel));
    }

    [Fact]
    public async Task Webhooks_are_reached_through_the_gateway_and_may_not_lead_to_it()
    {
        using var client = await app.ClientAsync(Cancel);
        var path = new Uri($"/users/{await client.RegisterAsync(Cancel)}/webhooks", UriKind.Relative);
        using var refused = await client.Http.PostAsync(path, new StringContent($$"""{"url": "{{client.Http.BaseAddress}}"}""", Encoding.UTF8, "application/json"), Cancel);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
        Assert.Equal("[]", await client.Http.GetStringAsync(path, Cancel));
    }

    /// <summary>All that comes back until the gateway closes the connection, which a reset does as well.</summary>
    private async Task<string> SendAsync(string request)
    {
        using var client = await app.ClientAsync(Cancel);
        var address = client.Http.BaseAddress!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, limit.Token);
        var received = new MemoryStream();

        try
        {
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), limit.Token);
            await socket.GetStream().CopyToAsync(received, limit.Token);
        }
        catch (IOException)
        {
            // Reset: what was received until then is the answer.
        }

        return Encoding.UTF8.GetString(received.ToArray());
    }

    private static void AssertProblem(string answer, int status, string problem)
    {
        var (head, body) = (answer.Split("\r\n\r\n")[0], answer.Split("\r\n\r\n").ElementAtOrDefault(1) ?? "");

        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json", head, StringComparison.Ordinal);
        Assert.Contains("Cache-Control: no-store", head, StringComparison.Ordinal);
        var json = JsonElement.Parse(body);
        Assert.Equal(
            ($"https://billionhearts.dev/problems/{problem}", status),
            (json.GetProperty("type").GetString(), json.GetProperty("status").GetInt32()));
    }
}
