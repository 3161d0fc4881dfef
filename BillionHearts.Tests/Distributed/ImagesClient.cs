using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace BillionHearts.Tests.Distributed;

/// <summary>A user's calls of the HTTP API.</summary>
public sealed class ImagesClient(HttpClient http) : IDisposable
{
    private static long s_users;

    public HttpClient Http { get; } = http;

    /// <summary>The user that was created last.</summary>
    public string? Username { get; private set; }

    /// <summary>A user that no other test knows.</summary>
    public async Task<long> CreateUserAsync(CancellationToken cancellationToken)
    {
        Username = $"user-{Guid.NewGuid():n}-{Interlocked.Increment(ref s_users)}";
        using var response = await Http.PostAsJsonAsync("/users/", new { username = Username }, cancellationToken);
        return (await ReadAsync(response, cancellationToken)).GetProperty("id").GetInt64();
    }

    /// <summary>Passwords, tokens and other secrets that this client has sent or received.</summary>
    public List<string> Secrets { get; } = [];

    /// <summary>Creates a user with a password and signs in: later calls of this client are that user's.</summary>
    public async Task<long> RegisterAsync(CancellationToken cancellationToken)
    {
        var (username, password) = ($"user-{Guid.NewGuid():n}", $"pass-{Guid.NewGuid():n}");
        using var created = await Http.PostAsJsonAsync("/users/", new { username, password }, cancellationToken);
        var id = (await ReadAsync(created, cancellationToken)).GetProperty("id").GetInt64();

        using var response = await Eventually.ReadAsync(
            cancel => SignInAsync(username, password, cancel),
            until: answer => answer.StatusCode is not HttpStatusCode.TooManyRequests,
            within: TimeSpan.FromMinutes(2),
            pause: TimeSpan.FromSeconds(1),
            cancellationToken);
        var token = (await ReadAsync(response, cancellationToken)).GetProperty("access_token").GetString();
        Secrets.AddRange([password, token!]);
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return id;
    }

    private async Task<HttpResponseMessage> SignInAsync(string username, string password, CancellationToken cancellationToken)
    {
        using var form = new FormUrlEncodedContent([new("username", username), new("password", password)]);
        return await Http.PostAsync("/token", form, cancellationToken);
    }

    public async Task<JsonElement> UploadAsync(long userId, byte[] bytes, string fileName, CancellationToken cancellationToken)
    {
        using var response = await PostFileAsync(userId, bytes, fileName, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    public async Task<HttpResponseMessage> PostFileAsync(long userId, byte[] bytes, string fileName, CancellationToken cancellationToken)
    {
        using var form = new MultipartFormDataContent();
        form.Add(new StringContent($"{userId}"), "user_id");
        var file = new ByteArrayContent(bytes);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(file, "file", fileName);
        return await Http.PostAsync("/images/", form, cancellationToken);
    }

    public async Task<JsonElement> GetImageAsync(long id, CancellationToken cancellationToken)
    {
        using var response = await Http.GetAsync($"/images/{id}", cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <summary>Reads the image until its analysis has ended, well or badly.</summary>
    public Task<JsonElement> AnalyzedAsync(long id, CancellationToken cancellationToken) =>
        Eventually.ReadAsync(
            cancel => GetImageAsync(id, cancel),
            until: image => image.GetProperty("status").GetString() is "analyzed" or "failed",
            within: TimeSpan.FromSeconds(60),
            cancellationToken);

    /// <summary>The user's events from <paramref name="lastEventId"/> on, without end.</summary>
    public async IAsyncEnumerable<SseItem<string>> EventsAsync(
        long userId, string lastEventId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/users/{userId}/events");
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);

        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            yield return item;
        }
    }

    /// <summary>The JSON of a successful answer; any other fails the test with what was said.</summary>
    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri} answered {(int)response.StatusCode}: {body}");
        return JsonElement.Parse(body);
    }

    public void Dispose() => Http.Dispose();
}
