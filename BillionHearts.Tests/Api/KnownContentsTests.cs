using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BillionHearts.Tests.Api;

/// <summary>A phone asks which of its photos are already stored, before it uploads any.</summary>
public sealed class KnownContentsTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task Each_hash_is_answered_in_order_with_the_images_of_this_user_only()
    {
        var (owner, other) = (await Host.CreateUserAsync(Cancel), await Host.CreateUserAsync(Cancel));
        var (a, b, c, gone) = (TestImages.Png(8, 8), TestImages.Png(8, 8, seed: 2), TestImages.Png(8, 8, seed: 3), TestImages.Png(8, 8, seed: 4));
        long[] ids = [await UploadAsync(owner, a), await UploadAsync(owner, b), await UploadAsync(owner, b)];
        await UploadAsync(other, c);
        using var deleted = await Host.Http.DeleteAsync($"/images/{await UploadAsync(owner, gone)}", Cancel);

        var (status, body) = await CheckAsync(new { user_id = owner, sha256 = new[] { Hash(c), Hash(b), Hash(gone), Hash(a), Hash(b) } });

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(owner, body.GetProperty("user_id").GetInt64());
        Assert.Equal(
            [
                $$"""{"sha256":"{{Hash(c)}}","stored":false,"image_ids":[]}""",
                $$"""{"sha256":"{{Hash(b)}}","stored":true,"image_ids":[{{ids[1]}},{{ids[2]}}]}""",
                $$"""{"sha256":"{{Hash(gone)}}","stored":false,"image_ids":[]}""",
                $$"""{"sha256":"{{Hash(a)}}","stored":true,"image_ids":[{{ids[0]}}]}""",
                $$"""{"sha256":"{{Hash(b)}}","stored":true,"image_ids":[{{ids[1]}},{{ids[2]}}]}""",
            ],
            body.GetProperty("results").EnumerateArray().Select(result => result.GetRawText()));
    }

    [Fact]
    public async Task A_thousand_hashes_are_accepted_and_one_more_is_refused_with_the_limit()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var hashes = Enumerable.Range(0, 1001).Select(i => Hash(BitConverter.GetBytes(i))).ToArray();
        var indented = JsonSerializer.SerializeToUtf8Bytes(new { user_id = user, sha256 = hashes[..1000] }, s_indented);

        using var accepted = await Host.Http.PostAsync("/images/check", Json(indented), Cancel);
        var (status, problem) = await CheckAsync(new { user_id = user, sha256 = hashes });

        Assert.Equal(1000, (await ApiHost.JsonAsync(accepted, Cancel)).GetProperty("results").GetArrayLength());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal("sha256 must have at most 1000 entries, not 1001.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("\"ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789\"", "sha256[1] must be 64 lower-case hex digits, not 'ABCDEF")]
    [InlineData("\"\"", "sha256[1] must be 64 lower-case hex digits, not ''.")]
    [InlineData("null", "sha256[1] must be a string, not null.")]
    [InlineData("7", "sha256[1] must be a string, not a number.")]
    [InlineData("\"\\ud800\"", "sha256[1] is not valid Unicode text.")]
    public async Task An_invalid_hash_is_named_by_its_position(string bad, string detail)
    {
        var body = $$"""{"user_id":1,"sha256":["{{Hash([1])}}",{{bad}}]}""";
        using var response = await Host.Http.PostAsync("/images/check", Json(Encoding.UTF8.GetBytes(body)), Cancel);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.StartsWith(detail, (await ApiHost.JsonAsync(response, Cancel)).GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("""{"user_id":1}""", "sha256 is required.")]
    [InlineData("""{"user_id":1,"sha256":"x"}""", "sha256 must be an array, not a string.")]
    [InlineData("""{"user_id":1,"sha256":[],"sha1":[]}""", "sha1 is not a field of this request. The fields are user_id, sha256.")]
    public async Task A_malformed_request_for_known_hashes_is_refused_with_a_reason(string body, string detail)
    {
        using var response = await Host.Http.PostAsync("/images/check", Json(Encoding.UTF8.GetBytes(body)), Cancel);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal(detail, (await ApiHost.JsonAsync(response, Cancel)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task An_unknown_user_is_404_and_an_empty_list_of_hashes_is_answered_empty()
    {
        var (unknown, _) = await CheckAsync(new { user_id = long.MaxValue, sha256 = new[] { Hash([1]) } });
        var (status, body) = await CheckAsync(new { user_id = await Host.CreateUserAsync(Cancel), sha256 = Array.Empty<string>() });

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK, 0), (unknown, status, body.GetProperty("results").GetArrayLength()));
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new("application/json") } };

    private async Task<long> UploadAsync(long user, byte[] file) => (await Host.UploadAsync(user, file, Cancel)).GetProperty("id").GetInt64();

    private async Task<(HttpStatusCode Status, JsonElement Body)> CheckAsync(object request)
    {
        using var response = await Host.Http.PostAsync("/images/check", Json(JsonSerializer.SerializeToUtf8Bytes(request)), Cancel);
        return (response.StatusCode, await ApiHost.JsonAsync(response, Cancel));
    }
}
