using System.Text;
using System.Text.Json;
using BillionHearts.Api.Delivery.Shares;

namespace BillionHearts.Tests.Access;

[Collection(typeof(GuardedApi))]
public sealed class ShareTests(AccessFixture fixture)
{
    private static readonly long[] s_nobodys = [4611686018427387904];

    private static int s_addresses;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_share_link_shows_its_images_but_not_their_owner_until_it_is_revoked()
    {
        var share = await CreateAsync(new { image_ids = new[] { fixture.Ann.Image } });
        var (status, shown) = await ShowAsync(share);

        Assert.Equal((200, 1), (status, shown.GetProperty("images").GetArrayLength()));
        Assert.Equal(["status", "url", "renditions"], shown.GetProperty("images")[0].EnumerateObject().Select(property => property.Name));
        Assert.DoesNotContain("photo.png", $"{shown}");
        Assert.DoesNotContain("original", $"{shown}");
        Assert.Contains("/clean?exp=", shown.GetProperty("images")[0].GetProperty("url").GetString());
        Assert.Equal(7, Math.Round((shown.GetProperty("expires_at").GetDateTime() - share.GetProperty("created_at").GetDateTime()).TotalDays));

        var (revoked, _) = await fixture.CallAsync(HttpMethod.Delete, $"/users/{fixture.Ann.Id}/shares/{share.GetProperty("id")}", null, fixture.Ann.Token, Cancel);
        Assert.Equal((200, 404), (revoked, (await ShowAsync(share)).Status));
    }

    [Fact]
    public async Task Expired_or_unknown_links_and_deleted_images_show_nothing()
    {
        var share = await CreateAsync(new { image_ids = new[] { fixture.Ann.Image }, expires_in = 60 });
        await fixture.Host.Database.ExecuteAsync($"UPDATE shares SET expires_at = now() WHERE id = {share.GetProperty("id")}", Cancel);
        Assert.Equal(404, (await ShowAsync(share)).Status);
        Assert.Equal(404, (await fixture.CallAsync(HttpMethod.Get, $"/shares/{new string('A', 43)}", null, null, Cancel)).Status);

        var (_, image) = await fixture.CallAsync(
            HttpMethod.Post, "/images", new { user_id = fixture.Ann.Id, original_filename = "a.jpg", width = 1, height = 1, file_size = 1, file_type = "jpeg" }, fixture.Ann.Token, Cancel);
        var both = await CreateAsync(new { image_ids = new[] { image.GetProperty("id").GetInt64(), fixture.Ann.Image } });
        await fixture.CallAsync(HttpMethod.Delete, $"/images/{image.GetProperty("id")}", null, fixture.Ann.Token, Cancel);
        Assert.Equal(1, (await ShowAsync(both)).Body.GetProperty("images").GetArrayLength());
    }

    [Fact]
    public async Task A_link_with_a_password_opens_with_it_and_refuses_a_sixth_guess()
    {
        var share = await CreateAsync(new { image_ids = new[] { fixture.Ann.Image }, password = "sesame: open" });
        Assert.True(share.GetProperty("has_password").GetBoolean());
        Assert.DoesNotContain("sesame", $"{share}");

        Assert.Equal(401, (await ShowAsync(share)).Status);
        Assert.Equal(200, (await ShowAsync(share, "sesame: open")).Status);

        var statuses = new List<int>();
        for (var i = 0; i < 6; i++)
        {
            statuses.Add((await ShowAsync(share, $"guess {i}")).Status);
        }

        Assert.Equal([401, 401, 401, 401, 401, 429], statuses);
    }

    [Fact]
    public async Task Sharing_another_users_image_is_answered_as_if_it_did_not_exist()
    {
        var foreign = await ShareAsync(fixture.Bob, new { image_ids = new[] { fixture.Ann.Image } });
        var none = await ShareAsync(fixture.Bob, new { image_ids = s_nobodys });

        Assert.Equal((404, 404), (foreign.Status, none.Status));
        Assert.Equal(foreign.Body.GetProperty("detail").GetString(), none.Body.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("{}", "image_ids")]
    [InlineData("""{"image_ids":[]}""", "image_ids")]
    [InlineData("""{"image_ids":7}""", "image_ids")]
    [InlineData("""{"image_ids":["a"]}""", "image_ids[0]")]
    [InlineData("""{"image_ids":[1,0]}""", "image_ids[1]")]
    [InlineData("""{"image_ids":[1],"expires_in":7776001}""", "expires_in")]
    public async Task An_invalid_share_is_422_and_names_the_field(string body, string field)
    {
        var (status, problem) = await ShareAsync(fixture.Ann, JsonElement.Parse(body));

        Assert.Equal(422, status);
        Assert.Contains(field, problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task The_limit_of_shares_holds_for_simultaneous_requests()
    {
        var (id, _, _) = await fixture.NewUserAsync(Cancel);
        var token = fixture.Tokens.For(id);
        var image = await fixture.NewImageAsync(id, token, Cancel);
        await fixture.Host.Database.ExecuteAsync(
            $$"""
            INSERT INTO shares (user_id, hash, image_ids, expires_at)
            SELECT {{id}}, sha256(random()::text::bytea), ARRAY[{{image}}]::bigint[], now() + interval '1 day' FROM generate_series(1, {{ShareStore.MaxShares - 1}})
            """,
            Cancel);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => fixture.CallAsync(
            HttpMethod.Post, $"/users/{id}/shares", new { image_ids = new[] { image } }, token, Cancel)));

        Assert.Equal([200, .. Enumerable.Repeat(409, 7)], answers.Select(answer => answer.Status).Order());
    }

    private Task<(int Status, JsonElement Body)> ShareAsync(Person person, object body) =>
        fixture.CallAsync(HttpMethod.Post, $"/users/{person.Id}/shares", body, person.Token, Cancel);

    private async Task<JsonElement> CreateAsync(object body)
    {
        var (status, share) = await ShareAsync(fixture.Ann, body);
        Assert.True(status is 200, $"{share}");
        return share;
    }

    private async Task<(int Status, JsonElement Body)> ShowAsync(JsonElement share, string? password = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(share.GetProperty("url").GetString()!).AbsolutePath);
        request.Headers.Add("X-Forwarded-For", password is null ? "198.51.100.1" : $"198.51.100.{2 + (Interlocked.Increment(ref s_addresses) % 200)}");

        if (password is not null)
        {
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anybody:{password}")));
        }

        using var response = await fixture.Host.Http.SendAsync(request, Cancel);
        return ((int)response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel)));
    }
}
