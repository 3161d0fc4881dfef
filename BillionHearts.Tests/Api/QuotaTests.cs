using System.Net;
using System.Text.Json;
using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Api;

public sealed class QuotaTests(QuotaFixture fixture) : IClassFixture<QuotaFixture>
{
    private static readonly byte[] s_small = TestImages.Png(2, 2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task A_user_has_as_many_images_as_allowed_and_deleting_makes_room()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Host.PostAsync(user, s_small, Cancel)));
        var refused = answers.Where(answer => answer.StatusCode is HttpStatusCode.TooManyRequests).ToList();

        Assert.Equal((3, 5), (answers.Count(answer => answer.IsSuccessStatusCode), refused.Count));
        Assert.Matches("has 3 images.*limit is 3", await DetailAsync(refused[0]));
        Assert.Equal((3, 3L * s_small.Length, 3), await Host.UsageAsync(user));

        var id = (await ApiHost.JsonAsync(answers.First(answer => answer.IsSuccessStatusCode), Cancel)).GetProperty("id").GetInt64();
        using var deleted = await Host.Http.DeleteAsync($"/images/{id}", Cancel);
        await Host.UploadAsync(user, s_small, Cancel);
        Assert.Equal((3, 3L * s_small.Length, 3), await Host.UsageAsync(user));
    }

    [Fact]
    public async Task A_user_sees_what_is_stored_by_type_and_what_the_limits_are()
    {
        var user = await Host.CreateUserAsync(Cancel);
        await Host.UploadAsync(user, s_small, Cancel);
        await Host.UploadAsync(user, OfLength(6_000), Cancel);
        var deleted = (await Host.UploadAsync(user, TestImages.Jpeg(8, 8), Cancel)).GetProperty("id").GetInt64();
        using var gone = await Host.Http.DeleteAsync($"/images/{deleted}", Cancel);

        var usage = JsonElement.Parse(await Host.Http.GetStringAsync($"/users/{user}/usage", Cancel));

        Assert.Equal((2, 6_000 + s_small.Length), (usage.GetProperty("images").GetInt64(), usage.GetProperty("bytes").GetInt64()));
        Assert.Equal((3, QuotaFixture.MaxBytes), (usage.GetProperty("max_images").GetInt64(), usage.GetProperty("max_bytes").GetInt64()));
        var type = Assert.Single(usage.GetProperty("by_type").EnumerateArray().ToList());
        Assert.Equal(("png", 2, 6_000 + s_small.Length), (type.GetProperty("file_type").GetString(), type.GetProperty("images").GetInt64(), type.GetProperty("bytes").GetInt64()));

        var nothing = JsonElement.Parse(await Host.Http.GetStringAsync($"/users/{await Host.CreateUserAsync(Cancel)}/usage", Cancel));
        Assert.Equal((0, 0), (nothing.GetProperty("images").GetInt64(), nothing.GetProperty("by_type").GetArrayLength()));
        using var nobody = await Host.Http.GetAsync("/users/9007199254740991/usage", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bytes_beyond_the_quota_are_429_announced_or_not_and_leave_nothing(bool isChunked)
    {
        var user = await Host.CreateUserAsync(Cancel);
        var id = (await Host.UploadAsync(user, OfLength(6_000), Cancel)).GetProperty("id").GetInt64();
        var blobs = await Host.CountBlobsAsync(Cancel);

        using var second = await Host.PostAsync(user, OfLength(6_001), Cancel);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.Matches($"have 6000 bytes.*add 6001.*limit is {QuotaFixture.MaxBytes}", await DetailAsync(second));

        using var version = await PutAsync(id, QuotaFixture.MaxBytes + 1, isChunked);
        Assert.Equal(HttpStatusCode.TooManyRequests, version.StatusCode);
        // Blobs that earlier tests replaced may go meanwhile.
        Assert.InRange(await Host.CountBlobsAsync(Cancel), 0, blobs);
        Assert.Equal((1, 6_000, 1), await Host.UsageAsync(user));
    }

    [Fact]
    public async Task A_new_version_counts_by_what_it_adds()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var id = (await Host.UploadAsync(user, OfLength(6_000), Cancel)).GetProperty("id").GetInt64();

        using var larger = await PutAsync(id, QuotaFixture.MaxBytes, isChunked: false);
        Assert.Equal(HttpStatusCode.OK, larger.StatusCode);
        Assert.Equal((1, QuotaFixture.MaxBytes, 1), await Host.UsageAsync(user));

        using var smaller = await PutAsync(id, 2_000, isChunked: false);
        Assert.Equal(HttpStatusCode.OK, smaller.StatusCode);
        Assert.Equal((1, 2_000, 1), await Host.UsageAsync(user));
    }

    [Fact]
    public async Task A_repeated_request_gets_its_answer_although_the_quota_is_used_up()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var answers = new List<string>();

        for (var i = 0; i < 2; i++)
        {
            using var form = new MultipartFormDataContent { { new StringContent($"{user}"), "user_id" }, { new ByteArrayContent(OfLength(QuotaFixture.MaxBytes)), "file", "a" } };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/images/") { Content = form, Headers = { { "Idempotency-Key", "k" } } };
            using var response = await Host.Http.SendAsync(request, Cancel);
            answers.Add($"{response.StatusCode} {await response.Content.ReadAsStringAsync(Cancel)}");
        }

        Assert.StartsWith("OK", answers[0]);
        Assert.Equal(answers[0], answers[1]);
    }

    private static byte[] OfLength(int length) => [.. s_small, .. new byte[length - s_small.Length]];

    private Task<HttpResponseMessage> PutAsync(long id, int length, bool isChunked) =>
        Host.PutContentAsync(id, OfLength(length), request => request.Headers.TransferEncodingChunked = isChunked);

    private static async Task<string> DetailAsync(HttpResponseMessage response) =>
        (await ApiHost.JsonAsync(response, Cancel)).GetProperty("detail").GetString()!;
}

/// <summary>An api whose users may have three images and little more than 10 KB.</summary>
public sealed class QuotaFixture(AppHostFixture app) : IAsyncLifetime
{
    public const int MaxBytes = 12_000;

    internal ApiHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await ApiHost.StartAsync(
        app, TestContext.Current.CancellationToken, ("Upload:MaxUserImages", "3"), ("Upload:MaxUserBytes", $"{MaxBytes}"));

    public ValueTask DisposeAsync() => Host is null ? ValueTask.CompletedTask : Host.DisposeAsync();
}
