namespace BillionHearts.Web.Backend;

internal static class ApiCalls
{
    public static Task<Answer<T>> ReadAsync<T>(this HttpClient http, string path, CancellationToken cancellationToken) where T : class =>
        http.AskAsync<T>(HttpMethod.Get, path, body: null, cancellationToken);

    /// <param name="body">Sent as JSON, unless it is null.</param>
    public static async Task<Answer<T>> AskAsync<T>(this HttpClient http, HttpMethod method, string path, object? body, CancellationToken cancellationToken) where T : class
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, options: Json.Options) };
        using var response = await http.SendAsync(request, cancellationToken);

        return await Answer<T>.ReadAsync(response, cancellationToken);
    }
}
