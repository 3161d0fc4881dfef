namespace BillionHearts.Web.Backend;

/// <summary>One call of a service.</summary>
internal static class Calls
{
    /// <param name="body">Sent as JSON; null for a call without a body.</param>
    /// <exception cref="HttpRequestException">The service did not answer.</exception>
    public static async Task<Answer<T>> AskAsync<T>(this HttpClient http, HttpMethod method, string path, object? body, CancellationToken cancellationToken) where T : class
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: Json.Request) };
        using var response = await http.SendAsync(request, cancellationToken);

        return await Answer<T>.ReadAsync(response, cancellationToken);
    }

    public static Task<Answer<T>> ReadAsync<T>(this HttpClient http, string path, CancellationToken cancellationToken) where T : class =>
        http.AskAsync<T>(HttpMethod.Get, path, body: null, cancellationToken);

    /// <returns>Why not, in words for the user; null if it is done.</returns>
    /// <exception cref="HttpRequestException">The service did not answer.</exception>
    public static async Task<string?> ChangeAsync(this HttpClient http, HttpMethod method, string path, object? body, CancellationToken cancellationToken) =>
        (await http.AskAsync<object>(method, path, body, cancellationToken)).Detail;
}
