using System.Net.Http.Json;
using System.Text.Json;

namespace BillionHearts.Tests.Api;

/// <summary>The calls that bring content to an image, and what tests ask of their answers.</summary>
internal static class ContentCalls
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Announces a picture of one pixel. The content may be another.</summary>
    public static async Task<long> AnnounceAsync(this ApiHost host, long user)
    {
        var metadata = new { user_id = user, original_filename = "a.gif", width = 1, height = 1, file_size = 1, file_type = "gif" };
        return (await (await host.Http.PostAsJsonAsync("/images/", metadata, Cancel)).OkAsync()).GetProperty("id").GetInt64();
    }

    public static async Task<HttpResponseMessage> PutContentAsync(this ApiHost host, long id, byte[] body, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/images/{id}/content") { Content = new ByteArrayContent(body) };
        change?.Invoke(request);
        return await host.Http.SendAsync(request, Cancel);
    }

    /// <summary>The JSON of a successful answer.</summary>
    public static async Task<JsonElement> OkAsync(this HttpResponseMessage response)
    {
        using (response)
        {
            var body = await ApiHost.JsonAsync(response, Cancel);
            Assert.True(response.IsSuccessStatusCode, $"{body}");
            return body;
        }
    }

    /// <returns>The sentence of the problem.</returns>
    public static async Task<string> RefusedAsync(this HttpResponseMessage response, int status, string slug)
    {
        using (response)
        {
            var problem = await ApiHost.JsonAsync(response, Cancel);
            Assert.Equal((status, slug), ((int)response.StatusCode, problem.GetProperty("type").GetString()!.Split('/')[^1]));
            return problem.GetProperty("detail").GetString()!;
        }
    }

    /// <summary>The user's counted usage, and the sum over the user's images that it must equal.</summary>
    public static async Task<(long Images, long Bytes, long Rows)> UsageAsync(this ApiHost host, long user) => (
        await host.Database.ScalarAsync<long>($"SELECT image_count FROM users WHERE id = {user}", Cancel),
        await host.Database.ScalarAsync<long>($"SELECT stored_bytes FROM users WHERE id = {user}", Cancel),
        await host.Database.ScalarAsync<long>($"SELECT count(*) FROM images WHERE user_id = {user} AND version > 0 AND deleted_at IS NULL", Cancel));
}
