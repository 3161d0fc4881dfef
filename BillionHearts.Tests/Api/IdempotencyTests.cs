using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BillionHearts.Api.Platform.Work;
using BillionHearts.ServiceDefaults.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.Tests.Api;

/// <summary>A request with an Idempotency-Key, sent more than once.</summary>
public sealed class IdempotencyTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly byte[] s_jpeg = TestImages.Jpeg(64, 48);
    private static readonly byte[] s_png = TestImages.Png(30, 20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task Fifty_simultaneous_requests_with_one_key_create_one_image()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var blobs = await Host.CountBlobsAsync(Cancel);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PostAsync("fifty", user, s_jpeg)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Single(answers.Select(answer => (answer.Body, answer.ETag)).Distinct());
        Assert.Equal(49, answers.Count(answer => answer.IsReplay));
        Assert.Equal((1, 1, (long)s_jpeg.Length), await CountAsync(user));
        await Eventually.ReadAsync(Host.CountBlobsAsync, until: now => now == blobs + 1, TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task Another_file_or_name_under_the_same_key_is_422_and_leaves_nothing()
    {
        var user = await Host.CreateUserAsync(Cancel);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("k", user, s_jpeg)).Status);
        var blobs = await Host.CountBlobsAsync(Cancel);

        var otherFile = await PostAsync("k", user, s_png);
        var otherName = await PostAsync("k", user, s_jpeg, "other.jpg");

        Assert.All([otherFile, otherName], answer => Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status));
        Assert.Contains("idempotency-key-reused", otherFile.Body);
        Assert.Equal((1, 1, (long)s_jpeg.Length), await CountAsync(user));
        // Blobs that earlier tests replaced may go meanwhile.
        Assert.InRange(await Host.CountBlobsAsync(Cancel), 0, blobs);
    }

    [Fact]
    public async Task The_same_key_of_another_user_or_route_is_another_request()
    {
        var (one, two) = (await Host.CreateUserAsync(Cancel), await Host.CreateUserAsync(Cancel));
        var first = await PostAsync("shared", one, s_jpeg);
        var second = await PostAsync("shared", two, s_jpeg);
        var put = await SendAsync("shared", HttpMethod.Put, $"/images/{first.Id}/content", new ByteArrayContent(s_png));

        Assert.All([first, second, put], answer => Assert.Equal((HttpStatusCode.OK, false), (answer.Status, answer.IsReplay)));
        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public async Task A_refused_request_may_be_corrected_and_sent_under_the_same_key()
    {
        var user = await Host.CreateUserAsync(Cancel);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await PostAsync("mend", user, "%PDF-1.7"u8.ToArray())).Status);
        Assert.Equal((HttpStatusCode.OK, false), Kind(await PostAsync("mend", user, s_jpeg)));
    }

    [Fact]
    public async Task A_repeated_announcement_is_the_same_image()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AnnounceAsync("a", user, "cat.jpg")));

        Assert.Single(answers.Select(answer => (answer.Status, answer.Body)).Distinct());
        Assert.Equal(HttpStatusCode.OK, answers[0].Status);
        Assert.Equal(19, answers.Count(answer => answer.IsReplay));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await AnnounceAsync("a", user, "dog.jpg")).Status);
        Assert.Equal((1, 0, 0), await CountAsync(user));
    }

    [Fact]
    public async Task A_repeated_upload_is_one_version_even_when_its_condition_no_longer_holds()
    {
        var image = await PostAsync("k", await Host.CreateUserAsync(Cancel), s_jpeg);
        var etag = $"\"{JsonElement.Parse(image.Body).GetProperty("sha256").GetString()}\"";

        var first = await PutAsync();
        var others = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PutAsync()));

        Assert.Equal((HttpStatusCode.OK, false), Kind(first));
        Assert.All(others, answer => Assert.Equal((HttpStatusCode.OK, true, first.Body), (answer.Status, answer.IsReplay, answer.Body)));
        Assert.Equal(2, (await Host.GetImageAsync(image.Id, Cancel)).GetProperty("version").GetInt32());

        Task<Answer> PutAsync() => SendAsync(
            "again", HttpMethod.Put, $"/images/{image.Id}/content", new ByteArrayContent(s_png), request => request.Headers.TryAddWithoutValidation("If-Match", etag));
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("tab\there")]
    [InlineData("256")]
    public async Task An_invalid_idempotency_key_is_400_on_every_route(string key)
    {
        var user = await Host.CreateUserAsync(Cancel);
        key = key is "256" ? new string('k', 256) : key;

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(key, user, s_jpeg)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await AnnounceAsync(key, user, "a.jpg")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(key, HttpMethod.Put, "/images/1/content", new ByteArrayContent(s_jpeg))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(key, HttpMethod.Post, "/images/1/complete", null)).Status);
        Assert.Equal((0, 0, 0), await CountAsync(user));
    }

    [Fact]
    public async Task The_longest_idempotency_key_works_and_requests_without_one_each_count()
    {
        var user = await Host.CreateUserAsync(Cancel);
        Assert.Equal((HttpStatusCode.OK, false), Kind(await PostAsync(new string('~', 255), user, s_jpeg)));
        Assert.Equal((HttpStatusCode.OK, true), Kind(await PostAsync(new string('~', 255), user, s_jpeg)));
        Assert.Equal((HttpStatusCode.OK, false), Kind(await PostAsync(null, user, s_jpeg)));
        Assert.Equal((HttpStatusCode.OK, false), Kind(await PostAsync(null, user, s_jpeg)));
        Assert.Equal((3, 3, 3L * s_jpeg.Length), await CountAsync(user));
    }

    [Fact]
    public async Task Two_idempotency_keys_are_400()
    {
        var answer = await SendAsync("one", HttpMethod.Put, "/images/1/content", new ByteArrayContent(s_jpeg), request => request.Headers.Add("Idempotency-Key", "two"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    [Fact]
    public async Task An_id_with_more_digits_than_any_id_is_unknown_with_an_idempotency_key_too()
    {
        var image = (await PostAsync(null, await Host.CreateUserAsync(Cancel), s_jpeg)).Id;
        var path = $"/images/{new string('0', 200)}{image}/content";

        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("long", HttpMethod.Put, path, new ByteArrayContent(s_jpeg))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(null, HttpMethod.Put, path, new ByteArrayContent(s_jpeg))).Status);
    }

    [Fact]
    public async Task A_kept_answer_is_forgotten_after_a_day_and_not_before()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var first = await PostAsync("day", user, s_jpeg);

        await AgeAsync("23 hours");
        Assert.Equal((true, first.Id), await AgainAsync());
        await AgeAsync("25 hours");
        Assert.Equal((false, true), (await AgainAsync() is var (isReplay, id) && isReplay, id != first.Id));

        async Task AgeAsync(string age)
        {
            await Host.Database.ExecuteAsync($"UPDATE idempotency_records SET created_at = now() - interval '{age}' WHERE user_id = {user}", Cancel);
            await Host.CallAsync<Retention, NextRun>(retention => retention.RunAsync(Cancel));
        }

        async Task<(bool IsReplay, long Id)> AgainAsync() => await PostAsync("day", user, s_jpeg) is var answer ? (answer.IsReplay, answer.Id) : default;
    }

    private static (HttpStatusCode, bool) Kind(Answer answer) => (answer.Status, answer.IsReplay);

    private Task<Answer> PostAsync(string? key, long user, byte[] file, string? name = null)
    {
        var form = new MultipartFormDataContent { { new StringContent($"{user}"), "user_id" }, { new ByteArrayContent(file), "file", "photo" } };

        if (name is not null)
        {
            form.Add(new StringContent(name), "original_filename");
        }

        return SendAsync(key, HttpMethod.Post, "/images/", form);
    }

    private Task<Answer> AnnounceAsync(string key, long user, string name) => SendAsync(
        key, HttpMethod.Post, "/images/",
        JsonContent.Create(new { user_id = user, original_filename = name, width = 1, height = 1, file_size = 1, file_type = "jpeg" }));

    private async Task<Answer> SendAsync(string? key, HttpMethod method, string path, HttpContent? content, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        change?.Invoke(request);
        using var response = await Host.Http.SendAsync(request, Cancel);
        return new Answer(
            response.StatusCode, await response.Content.ReadAsStringAsync(Cancel), $"{response.Headers.ETag}",
            response.Headers.TryGetValues("Idempotency-Replayed", out var replayed) && replayed.Single() is "true");
    }

    private async Task<(long Rows, long Images, long Bytes)> CountAsync(long user) => (
        await Host.Database.ScalarAsync<long>($"SELECT count(*) FROM images WHERE user_id = {user}", Cancel),
        await Host.Database.ScalarAsync<long>($"SELECT image_count FROM users WHERE id = {user}", Cancel),
        await Host.Database.ScalarAsync<long>($"SELECT stored_bytes FROM users WHERE id = {user}", Cancel));

    private sealed record Answer(HttpStatusCode Status, string Body, string ETag, bool IsReplay)
    {
        public long Id => JsonElement.Parse(Body).GetProperty("id").GetInt64();
    }
}
