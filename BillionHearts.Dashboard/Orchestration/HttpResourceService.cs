using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace BillionHearts.Dashboard.Orchestration;

/// <summary>The local host's JSON over loopback.</summary>
/// <remarks>
/// <code>
/// GET  /api/resources                        [{ "id": "api-1", "name": "api", "state": "Running", … }]
/// GET  /api/resources/{id}/logs?follow=true  a line for each line: { "number": 1, "timestamp": "…", "text": "…", "is_error": false }
/// GET  /api/resources/{id}/environment       { "NAME": "value", … }
/// POST /api/resources/{id}/commands/{name}   { "success": true, "message": "…" }, or a problem whose detail says why not
/// </code>
/// </remarks>
internal sealed class HttpResourceService(HttpClient http) : IResourceService
{
    private const int LongestLine = 16 * 1024;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public async Task<IReadOnlyList<ResourceSnapshot>> ListAsync(CancellationToken cancellationToken) =>
        await http.GetFromJsonAsync<List<ResourceSnapshot>>("api/resources", s_json, cancellationToken) ?? [];

    public async Task<IReadOnlyDictionary<string, string?>?> RevealEnvironmentAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(PathOf(id, "environment"), cancellationToken);

        return response.IsSuccessStatusCode
            ? await response.Content.ReadFromJsonAsync<Dictionary<string, string?>>(s_json, cancellationToken)
            : null;
    }

    public async IAsyncEnumerable<ConsoleLine> WatchLogsAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(PathOf(id, "logs?follow=true"), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();

        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));

        while (await reader.ReadLineAsync(cancellationToken) is { } json)
        {
            if (json.Length > 0 && Parse(json) is { } line)
            {
                yield return line;
            }
        }
    }

    public async Task<CommandOutcome> ExecuteAsync(string id, string command, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsync(PathOf(id, $"commands/{Uri.EscapeDataString(command)}"), content: null, cancellationToken);

        var answer = await ReadAnswerAsync(response, cancellationToken);

        return response.IsSuccessStatusCode
            ? new(true, answer?.Message)
            : new(false, answer?.Detail ?? answer?.Message ?? (response.StatusCode is HttpStatusCode.NotFound
                ? $"The host knows no command '{command}' of '{id}'."
                : $"The host answered {(int)response.StatusCode}."));
    }

    private static string PathOf(string id, string rest) => $"api/resources/{Uri.EscapeDataString(id)}/{rest}";

    private static ConsoleLine? Parse(string json)
    {
        try
        {
            var line = JsonSerializer.Deserialize<ConsoleLine>(json, s_json);
            return line?.Text is null ? null : line.Text.Length <= LongestLine ? line : line with { Text = line.Text[..LongestLine] + "…" };
        }
        catch (JsonException)
        {
            // Broken off in the middle: the host went away, which the end of the stream says as well.
            return null;
        }
    }

    private static async Task<CommandAnswer?> ReadAnswerAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<CommandAnswer>(s_json, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record CommandAnswer(string? Message, string? Detail);
}
