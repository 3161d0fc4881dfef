using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Bench;

/// <summary>
/// Checks whether the response time reveals what the answer hides: a user requests another user's uploads and uploads that never existed, in
/// turns. Needs a topology that requires tokens (<c>./run --Parameters:require-tokens=true</c>).
/// </summary>
internal static class PairBench
{
    private const int UploadsOfOne = 100;

    public static async Task RunAsync(IConfiguration options, CancellationToken cancellationToken)
    {
        var (pairs, rounds) = (options.GetValue("pairs", 200), options.GetValue("rounds", 3));
        using var http = new HttpClient { BaseAddress = new Uri(options.GetValue("gateway", "http://localhost:8080")!) };
        var uploads = new List<string>(pairs);

        while (uploads.Count < pairs)
        {
            var (owner, ownersToken) = await SignUpAsync(http, cancellationToken);

            for (var i = 0; i < UploadsOfOne && uploads.Count < pairs; i++)
            {
                uploads.Add(await BeginAsync(http, owner, ownersToken, cancellationToken));
            }
        }

        var (_, token) = await SignUpAsync(http, cancellationToken);
        var (foreign, none) = (new Latencies("another's upload: 404"), new Latencies("none: 404"));
        Console.WriteLine($"{pairs} pairs, requested in turns, {rounds} rounds after one of warm-up.\n");

        for (var round = 0; round <= rounds; round++)
        {
            foreach (var upload in uploads)
            {
                var theirs = await AskAsync(http, upload, token, cancellationToken);
                var unknown = await AskAsync(http, $"{Guid.NewGuid():n}", token, cancellationToken);

                if (round > 0)
                {
                    foreign.Record(theirs);
                    none.Record(unknown);
                }
            }
        }

        Latencies.PrintHeader();
        foreign.Print();
        none.Print();
    }

    private static async Task<(long User, string Token)> SignUpAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var (username, password) = ($"bench-{Guid.NewGuid():n}", $"{Guid.NewGuid():n}");
        using var created = await http.PostAsJsonAsync("/users/", new { username, password }, cancellationToken);
        using var form = new FormUrlEncodedContent([new("username", username), new("password", password)]);
        using var signedIn = await http.PostAsync("/token", form, cancellationToken);
        return ((await ReadAsync(created, cancellationToken)).GetProperty("id").GetInt64(), (await ReadAsync(signedIn, cancellationToken)).GetProperty("access_token").GetString()!);
    }

    private static async Task<string> BeginAsync(HttpClient http, long user, string token, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Post, "/uploads/", token);
        request.Headers.Add("Upload-Length", "100");
        request.Headers.Add("Upload-Metadata", $"user_id {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}"))}");
        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return response.Headers.Location!.ToString().TrimEnd('/').Split('/')[^1];
    }

    private static async Task<TimeSpan> AskAsync(HttpClient http, string upload, string token, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Head, $"/uploads/{upload}", token);
        var startedAt = Stopwatch.GetTimestamp();
        using var response = await http.SendAsync(request, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(startedAt);
        return (int)response.StatusCode is 404 ? elapsed : throw new InvalidOperationException($"Answered {(int)response.StatusCode}, not 404. Does the topology require tokens?");
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string token)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("Tus-Resumable", "1.0.0");
        return request;
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }
}
