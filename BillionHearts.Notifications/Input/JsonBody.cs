using System.Text.Json;
using System.Text.Json.Serialization;
using BillionHearts.Notifications.Errors;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Notifications.Input;

/// <summary>Reads the JSON object of a request. Fields that it does not know are refused.</summary>
internal static class JsonBody
{
    /// <summary>In bytes; Kestrel enforces it too.</summary>
    public const int MaxBytes = 4096;

    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        MaxDepth = 4,
    };

    /// <param name="maxBytes">What the route's metadata has Kestrel enforce, where that is not <see cref="MaxBytes"/>.</param>
    /// <returns>The request, or the refusal.</returns>
    public static async Task<(T? Value, Problem? Refusal)> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken, int maxBytes = MaxBytes) where T : class
    {
        if (!request.HasJsonContentType())
        {
            return (null, Problems.UnsupportedContentType(request.ContentType));
        }

        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, s_options, cancellationToken) is { } value
                ? (value, null)
                : (null, Problems.MalformedJson("The body must be a JSON object, not null."));
        }
        catch (JsonException exception)
        {
            return (null, Problems.MalformedJson(
                $"The body is not the JSON object that is expected here: see {exception.Path ?? "$"}, line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}."));
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode is StatusCodes.Status413PayloadTooLarge)
        {
            return (null, Problems.BodyTooLarge(maxBytes));
        }
    }
}
