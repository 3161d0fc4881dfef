using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace BillionHearts.Tests.Distributed;

/// <summary>Fetches media through the gateway, as browsers do.</summary>
internal static class MediaClient
{
    /// <summary>The address of a copy beside the original's, where addresses are not signed.</summary>
    public static string Beside(JsonElement image, string name) =>
        new Uri(image.GetProperty("url").GetString()!).AbsolutePath.Replace("/original", $"/{name}", StringComparison.Ordinal);

    public static async Task<MediaAnswer> FetchAsync(
        this ImagesClient client, string path, CancellationToken cancellationToken, string? accept = null, string? range = null, string? ifRange = null,
        EntityTagHeaderValue? ifNoneMatch = null, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        Add("Accept", accept);
        Add("Range", range);
        Add("If-Range", ifRange);
        Add("If-None-Match", ifNoneMatch?.ToString());
        using var response = await client.Http.SendAsync(request, cancellationToken);

        return new MediaAnswer(
            response.StatusCode,
            await response.Content.ReadAsByteArrayAsync(cancellationToken),
            response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }
}

internal sealed record MediaAnswer(HttpStatusCode Status, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    public string Cache => Headers.GetValueOrDefault("X-Cache", "");

    public string Type => Headers.GetValueOrDefault("Content-Type", "");

    public EntityTagHeaderValue ETag => EntityTagHeaderValue.Parse(Headers["ETag"]);

    public override string ToString() => $"{(int)Status} {Type} {Cache} {Body.Length} bytes";
}
