using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace BillionHearts.Tests.Notifications.Webhooks;

/// <summary>A user's calls of the webhook routes.</summary>
internal sealed class WebhookClient(HttpClient http, long user)
{
    public long User => user;

    public async Task<(long Id, string Secret)> CreateAsync(string url, CancellationToken cancellationToken, params string[] events)
    {
        var (status, body, _) = await CallAsync("POST", "", events.Length is 0 ? new { url } : new { url, events }, cancellationToken);
        Assert.True(status is HttpStatusCode.OK, body.ToString());

        return (body.GetProperty("id").GetInt64(), body.GetProperty("secret").GetString()!);
    }

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken)
    {
        var (status, body, _) = await CallAsync("GET", path, null, cancellationToken);
        Assert.True(status is HttpStatusCode.OK, body.ToString());

        return body;
    }

    /// <summary>A text of an answer, which leaves out what is null.</summary>
    public static string? Text(JsonElement answer, string name) => answer.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>The newest delivery, once it is in this state.</summary>
    public Task<JsonElement> DeliveryAsync(long webhook, string state, CancellationToken cancellationToken) => Eventually.ReadAsync(
        async cancel =>
        {
            var page = await GetAsync($"/{webhook}/deliveries", cancel);

            return page.GetArrayLength() is 0 ? default : await GetAsync($"/{webhook}/deliveries/{page[0].GetProperty("id").GetInt64()}", cancel);
        },
        until: delivery => delivery.ValueKind is JsonValueKind.Object && delivery.GetProperty("state").GetString() == state,
        TimeSpan.FromSeconds(60),
        cancellationToken);

    public async Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)> CallAsync(
        string method, string path, object? body, CancellationToken cancellationToken, string? token = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"/users/{user}/webhooks{path}", UriKind.Relative));
        request.Content = body switch
        {
            null => null,
            string text => new StringContent(text, Encoding.UTF8, "application/json"),
            _ => JsonContent.Create(body),
        };

        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        using var response = await http.SendAsync(request, cancellationToken);
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);

        return (response.StatusCode, answer.Length is 0 ? default : JsonElement.Parse(answer), response);
    }
}
