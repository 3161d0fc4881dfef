using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BillionHearts.Web.Backend;

/// <summary>What a service answered: a value, or a refusal in words for the user.</summary>
/// <param name="Value">Null also if the service had nothing to say (204).</param>
/// <param name="Detail">The problem's sentence; null if the call was not refused.</param>
/// <param name="Code">The problem's name, such as <c>mail-is-off</c>.</param>
internal sealed record Answer<T>(HttpStatusCode Status, T? Value, string? Detail = null, string? Code = null) where T : class
{
    /// <exception cref="HttpRequestException">The service did not answer, or answered something else.</exception>
    public static async Task<Answer<T>> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode is HttpStatusCode.NoContent)
        {
            return new(response.StatusCode, null);
        }

        if (response.IsSuccessStatusCode)
        {
            return new(response.StatusCode, await response.Content.ReadFromJsonAsync<T>(Json.Options, cancellationToken));
        }

        var (detail, code) = await ProblemAsync(response, cancellationToken);
        return new(response.StatusCode, null, detail, code);
    }

    private static async Task<(string Detail, string? Code)> ProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            if (await response.Content.ReadFromJsonAsync<Problem>(Json.Options, cancellationToken) is { Detail: { Length: > 0 } detail } problem)
            {
                return (detail, problem.Type?.Split('/')[^1]);
            }
        }
        catch (JsonException)
        {
            // Something between us and the service has answered.
        }

        return ($"The service answered {(int)response.StatusCode}.", null);
    }

    private sealed record Problem(string? Type, string? Detail);
}

internal static class Json
{
    /// <summary>The form of all JSON of the services.</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>For requests: what is not given is not sent.</summary>
    public static readonly JsonSerializerOptions Request = new(Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}
