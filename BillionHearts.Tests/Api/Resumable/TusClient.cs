using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace BillionHearts.Tests.Api.Resumable;

/// <summary>The requests of the tus protocol, header by header.</summary>
internal sealed class TusClient(HttpClient http)
{
    public const string BodyType = "application/offset+octet-stream";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static string Metadata(long user, string filename = "photo.jpg") => $"user_id {Base64($"{user}")},filename {Base64(filename)}";

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    /// <param name="headers">Beside Tus-Resumable, which an entry of that name replaces; one with a null value leaves a header out.</param>
    public async Task<HttpResponseMessage> SendAsync(string method, string path, byte[]? body, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { ["Tus-Resumable"] = "1.0.0" };

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            all["Content-Type"] = BodyType;
        }

        foreach (var (name, value) in headers)
        {
            all[name] = value;
        }

        foreach (var (name, value) in all.Where(header => header.Value is not null))
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value) || request.Content!.Headers.TryAddWithoutValidation(name, value));
        }

        return await http.SendAsync(request, Cancel);
    }

    public Task<HttpResponseMessage> PostAsync(long user, long length, byte[]? body = null, params (string Name, string? Value)[] headers) =>
        SendAsync("POST", "/uploads", body, [("Upload-Length", Text(length)), ("Upload-Metadata", Metadata(user)), .. headers]);

    public Task<HttpResponseMessage> PatchAsync(string path, long offset, byte[] body, params (string Name, string? Value)[] headers) =>
        SendAsync("PATCH", path, body, [("Upload-Offset", Text(offset)), .. headers]);

    public Task<HttpResponseMessage> HeadAsync(string path) => SendAsync("HEAD", path, null);

    /// <summary>Begins an upload and returns its address.</summary>
    public async Task<string> CreateAsync(long user, long length, params (string Name, string? Value)[] headers)
    {
        using var response = await PostAsync(user, length, null, headers);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return response.Headers.Location!.OriginalString;
    }

    /// <summary>Sends bytes that must be taken, and returns the offset behind them.</summary>
    public async Task<long> AppendAsync(string path, long offset, byte[] body, params (string Name, string? Value)[] headers)
    {
        using var response = await PatchAsync(path, offset, body, headers);
        Assert.True(response.StatusCode is HttpStatusCode.NoContent, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancel)}");
        return Number(response, "Upload-Offset");
    }

    public async Task<long> OffsetAsync(string path)
    {
        using var response = await HeadAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return Number(response, "Upload-Offset");
    }

    /// <summary>The image that a finished upload has become.</summary>
    public async Task<JsonElement> ImageAsync(string path)
    {
        using var response = await HeadAsync(path);
        return JsonElement.Parse(await http.GetStringAsync(Header(response, "Content-Location"), Cancel));
    }

    public static long Number(HttpResponseMessage response, string name) => long.Parse(Header(response, name)!, CultureInfo.InvariantCulture);

    /// <summary>Asserts a refusal and returns its <c>detail</c>.</summary>
    public static async Task<string> AssertProblemAsync(HttpResponseMessage response, int status, string problem)
    {
        var body = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(status == (int)response.StatusCode, $"{(int)response.StatusCode}: {body}");
        Assert.Equal("1.0.0", Header(response, "Tus-Resumable"));
        var json = JsonElement.Parse(body);
        Assert.Equal($"https://billionhearts.dev/problems/{problem}", json.GetProperty("type").GetString());
        return json.GetProperty("detail").GetString()!;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
