using System.Net;
using System.Text.Json;

namespace BillionHearts.Web.Backend;

/// <summary>What a service answered: a value, or a refusal in words for the user.</summary>
/// <param name="Detail">The problem's sentence; null with a value.</param>
internal sealed record Answer<T>(HttpStatusCode Status, T? Value, string? Detail = null) where T : class
{
    /// <exception cref="HttpRequestException">The service did not answer, or answered something else.</exception>
    public static async Task<Answer<T>> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return new(response.StatusCode, await response.Content.ReadFromJsonAsync<T>(Json.Options, cancellationToken));
        }

        return new(response.StatusCode, null, await DetailAsync(response, cancellationToken));
    }

    private static async Task<string> DetailAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            if (await response.Content.ReadFromJsonAsync<Problem>(Json.Options, cancellationToken) is { Detail: { Length: > 0 } detail })
            {
                return detail;
            }
        }
        catch (JsonException)
        {
            // Something between us and the service has answered.
        }

        return $"The service answered {(int)response.StatusCode}.";
    }

    private sealed record Problem(string? Detail);
}

internal static class Json
{
    /// <summary>The form of all JSON of the services.</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}
