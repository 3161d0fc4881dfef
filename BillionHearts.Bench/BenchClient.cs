using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>The calls that the benchmarks make.</summary>
internal sealed class BenchClient : IDisposable
{
    private static readonly TimeSpan s_analysisLimit = TimeSpan.FromMinutes(10);

    /// <summary>The interval of polling a status. Polling more often would load the system that is measured.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    private const string Boundary = "--billionhearts-bench--";

    private readonly HttpClient _http;

    public BenchClient(IConfiguration options)
        : this(new Uri(options.GetValue("gateway", "http://localhost:8080")!))
    {
    }

    public BenchClient(Uri gateway) => _http = new HttpClient(
        new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = 256, PooledConnectionLifetime = TimeSpan.FromMinutes(10) })
    {
        BaseAddress = gateway,
    };

    public Uri Gateway => _http.BaseAddress!;

    public async Task<long> CreateUserAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsJsonAsync("/users/", new { username = $"bench-{Guid.NewGuid():n}" }, cancellationToken);
        return (await ReadAsync(response, cancellationToken)).GetProperty("id").GetInt64();
    }

    public async Task RegisterAsync(string username, string password, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsJsonAsync("/users/", new { username, password }, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <returns>The status.</returns>
    public async Task<int> SignInAsync(string username, string password, CancellationToken cancellationToken)
    {
        using var form = new FormUrlEncodedContent([new("username", username), new("password", password)]);
        using var response = await _http.PostAsync("/token", form, cancellationToken);
        return (int)response.StatusCode;
    }

    /// <summary>Uploads and reads the whole answer.</summary>
    /// <returns>The image's id, or the refusal as text.</returns>
    public async Task<(long Id, string? Refusal)> UploadAsync(long userId, byte[] photo, CancellationToken cancellationToken)
    {
        using var response = await PostFormAsync(userId, photo, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? (JsonElement.Parse(body).GetProperty("id").GetInt64(), null)
            : (0, $"{(int)response.StatusCode} {body}");
    }

    /// <summary>Uploads as a form.</summary>
    /// <exception cref="HttpRequestException">The upload is refused.</exception>
    public async Task<JsonElement> UploadImageAsync(long userId, byte[] photo, CancellationToken cancellationToken)
    {
        using var response = await PostFormAsync(userId, photo, cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <summary>Announces an image and sends its content as the body of a request.</summary>
    /// <exception cref="HttpRequestException">The upload is refused.</exception>
    public async Task<JsonElement> PutContentAsync(long userId, byte[] photo, CancellationToken cancellationToken)
    {
        var metadata = new { user_id = userId, original_filename = "bench.jpg", width = 1, height = 1, file_size = photo.Length, file_type = "jpeg" };
        using var announced = await _http.PostAsJsonAsync("/images/", metadata, cancellationToken);
        var id = (await ReadAsync(announced, cancellationToken)).GetProperty("id").GetInt64();
        using var response = await _http.PutAsync($"/images/{id}/content", new ByteArrayContent(photo), cancellationToken);
        return await ReadAsync(response, cancellationToken);
    }

    /// <returns>The bytes, and whether the gateway's cache had them.</returns>
    public async Task<(byte[] Bytes, bool IsHit)> GetBytesAsync(string path, RangeHeaderValue? range, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = range } };
        using var response = await _http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadAsByteArrayAsync(cancellationToken), response.Headers.TryGetValues("X-Cache", out var cache) && cache.Contains("HIT"));
    }

    /// <returns>The target of the redirect, as a path on the same host.</returns>
    public async Task<string> GetRedirectAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(path, cancellationToken);
        return response.Headers.Location is { } location
            ? new Uri(Gateway, location).PathAndQuery
            : throw new HttpRequestException($"{path} was answered with {(int)response.StatusCode} and no Location.");
    }

    /// <summary>Sends the form as one block: the client shares the processors with what it measures, and writing parts one by one costs it more.</summary>
    private async Task<HttpResponseMessage> PostFormAsync(long userId, byte[] photo, CancellationToken cancellationToken)
    {
        byte[] form =
        [
            .. Encoding.ASCII.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=user_id\r\n\r\n{userId}\r\n"),
            .. Encoding.ASCII.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=file; filename=bench.jpg\r\n\r\n"),
            .. photo,
            .. Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n"),
        ];
        using var content = new ByteArrayContent(form) { Headers = { ContentType = new("multipart/form-data") { Parameters = { new("boundary", Boundary) } } } };
        return await _http.PostAsync("/images/", content, cancellationToken);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    /// <summary>The image object, once its analysis has succeeded or failed.</summary>
    public Task<JsonElement> WaitForAnalysisAsync(long id, CancellationToken cancellationToken) => Eventually.ReadAsync(
        cancel => GetImageAsync(id, cancel),
        until: image => image.GetProperty("status").GetString() is "analyzed" or "failed",
        s_analysisLimit,
        s_pause,
        cancellationToken);

    /// <summary>Waits until none of the user's images is pending.</summary>
    public Task WaitForAllAnalyzedAsync(long userId, CancellationToken cancellationToken) => Eventually.ReadAsync(
        async cancel =>
        {
            using var response = await _http.GetAsync($"/users/{userId}/images?status=pending&limit=1", cancel);
            return response.StatusCode;
        },
        // A list without images is answered with 404.
        until: status => status is HttpStatusCode.NotFound,
        s_analysisLimit,
        s_pause,
        cancellationToken);

    /// <summary>The image object.</summary>
    public Task<JsonElement> GetImageAsync(long id, CancellationToken cancellationToken) => _http.GetFromJsonAsync<JsonElement>($"/images/{id}", cancellationToken);

    /// <summary>The image object, once its analysis has ended.</summary>
    /// <exception cref="InvalidOperationException">The analysis failed.</exception>
    public async Task<JsonElement> GetAnalyzedAsync(long id, CancellationToken cancellationToken)
    {
        var image = await WaitForAnalysisAsync(id, cancellationToken);
        return image.GetProperty("status").GetString() is "analyzed" ? image : throw new InvalidOperationException($"Image {id} is not analyzed: {image}");
    }

    /// <summary>Opens the user's event stream. It has all events from now on.</summary>
    public async Task<Stream> OpenEventsAsync(long userId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/users/{userId}/events");
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    public void Dispose() => _http.Dispose();
}
