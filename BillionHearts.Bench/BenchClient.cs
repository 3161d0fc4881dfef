using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>The calls that the benchmarks make.</summary>
internal sealed class BenchClient : IDisposable
{
    private readonly HttpClient _http;

    public BenchClient(IConfiguration options)
        : this(new Uri(options.GetValue("gateway", "http://localhost:8080")!))
    {
    }

    public BenchClient(Uri gateway) =>
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256, PooledConnectionLifetime = TimeSpan.FromMinutes(10) }) { BaseAddress = gateway };

    public async Task<long> CreateUserAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsJsonAsync("/users/", new { username = $"bench-{Guid.NewGuid():n}" }, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("id").GetInt64();
    }

    /// <summary>Uploads and reads the whole answer.</summary>
    /// <returns>The image's id, or the refusal as text.</returns>
    public async Task<(long Id, string? Refusal)> UploadAsync(long userId, byte[] photo, CancellationToken cancellationToken)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent($"{userId}"), "user_id" },
            { new ByteArrayContent(photo), "file", "bench.jpg" },
        };
        using var response = await _http.PostAsync("/images/", form, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? (JsonElement.Parse(body).GetProperty("id").GetInt64(), null)
            : (0, $"{(int)response.StatusCode} {body}");
    }

    /// <summary>Whether the image's analysis has ended, well or badly.</summary>
    public async Task<bool> IsAnalyzedAsync(long id, CancellationToken cancellationToken) =>
        (await _http.GetFromJsonAsync<JsonElement>($"/images/{id}", cancellationToken)).GetProperty("status").GetString() is "analyzed" or "failed";

    /// <summary>The user's event stream, opened: events that happen from now on are in it.</summary>
    public async Task<Stream> OpenEventsAsync(long userId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/users/{userId}/events");
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    public void Dispose() => _http.Dispose();
}
