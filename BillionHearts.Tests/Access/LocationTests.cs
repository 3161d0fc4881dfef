using System.Text.Json;
using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Contracts;
using BillionHearts.Tests.Api;

namespace BillionHearts.Tests.Access;

/// <summary>Where a photo was taken is often where somebody lives, so only its owner sees it.</summary>
[Collection(typeof(GuardedApi))]
public sealed class LocationTests(AccessFixture fixture)
{
    private const double Latitude = 51.477811;

    private static readonly string[] s_read = ["images:read"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_owner_sees_where_a_photo_was_taken_with_a_token_or_a_key()
    {
        var image = await AnalyzedAsync(fixture.Host, await fixture.NewImageAsync(fixture.Ann.Id, fixture.Ann.Token, Cancel));
        var (_, made) = await fixture.CallAsync(
            HttpMethod.Post, $"/users/{fixture.Ann.Id}/keys", new { name = "album", scopes = s_read }, fixture.Ann.Token, Cancel);

        foreach (var credentials in new[] { fixture.Ann.Token, made.GetProperty("key").GetString()! })
        {
            var (_, shown) = await fixture.CallAsync(HttpMethod.Get, $"/images/{image}", null, credentials, Cancel);
            AssertShown(shown);
            var (_, list) = await fixture.CallAsync(HttpMethod.Get, $"/users/{fixture.Ann.Id}/images", null, credentials, Cancel);
            AssertShown(list.EnumerateArray().Single(listed => listed.GetProperty("id").GetInt64() == image));
        }
    }

    [Theory]
    [InlineData("france")]
    [InlineData("FR saint étienne")]
    [InlineData("etienne alpes")]
    [InlineData("leica rhône")]
    public async Task The_owner_finds_photos_by_the_names_of_their_place(string search)
    {
        var image = await AnalyzedAsync(fixture.Host, await fixture.NewImageAsync(fixture.Ann.Id, fixture.Ann.Token, Cancel));

        var (status, list) = await fixture.CallAsync(HttpMethod.Get, $"/users/{fixture.Ann.Id}/images?q={Uri.EscapeDataString(search)}", null, fixture.Ann.Token, Cancel);

        Assert.Equal(200, status);
        Assert.Contains(image, list.EnumerateArray().Select(found => found.GetProperty("id").GetInt64()));
    }

    [Fact]
    public async Task Share_links_and_events_do_not_contain_where_a_photo_was_taken()
    {
        var image = await fixture.NewImageAsync(fixture.Ann.Id, fixture.Ann.Token, Cancel);
        var (_, share) = await fixture.CallAsync(
            HttpMethod.Post, $"/users/{fixture.Ann.Id}/shares", new { image_ids = new[] { image } }, fixture.Ann.Token, Cancel);
        await AnalyzedAsync(fixture.Host, image);

        var link = new Uri(share.GetProperty("url").GetString()!).PathAndQuery;
        var (status, shown) = await fixture.CallAsync(HttpMethod.Get, link, null, null, Cancel);
        Assert.Equal((200, "analyzed"), (status, shown.GetProperty("images")[0].GetProperty("status").GetString()));
        Assert.DoesNotContain("51.47", $"{shown}");
        var (_, ofOwner) = await fixture.CallAsync(HttpMethod.Get, link, null, fixture.Ann.Token, Cancel);
        Assert.DoesNotContain("51.47", $"{ofOwner}");
        Assert.DoesNotContain("utc_offset", $"{shown}{ofOwner}");
        Assert.DoesNotContain("France", $"{shown}{ofOwner}");

        await foreach (var message in MessagesAsync(image))
        {
            Assert.DoesNotContain("51.47", message);
            Assert.DoesNotContain("271.25", message);
            Assert.DoesNotContain("France", message);
        }
    }

    [Fact]
    public async Task In_Development_the_location_needs_the_owners_token()
    {
        await using var host = await ApiHost.StartAsync(fixture.App, Cancel, ("Auth:SigningKey", fixture.Tokens.SigningKey));
        var user = await host.CreateUserAsync(Cancel);
        var image = await AnalyzedAsync(host, (await host.UploadAsync(user, TestImages.Png(10, 10), Cancel)).GetProperty("id").GetInt64());

        var hidden = await host.GetImageAsync(image, Cancel);
        Assert.Equal("Leica M3", hidden.GetProperty("analysis").GetProperty("camera").GetString());
        Assert.Equal(JsonValueKind.Null, hidden.GetProperty("analysis").GetProperty("location").ValueKind);
        Assert.Equal(JsonValueKind.Null, hidden.GetProperty("analysis").GetProperty("utc_offset_minutes").ValueKind);
        Assert.DoesNotContain("51.47", await host.Http.GetStringAsync($"/users/{user}/images", Cancel));

        // Nor can it be found out by searching.
        foreach (var search in new[] { "france", "\uE000france", "photo france" })
        {
            using var guessed = await host.Http.GetAsync($"/users/{user}/images?q={Uri.EscapeDataString(search)}", Cancel);
            Assert.Equal(404, (int)guessed.StatusCode);
            using var exported = await host.Http.GetAsync($"/users/{user}/images/export?q={Uri.EscapeDataString(search)}", Cancel);
            Assert.Equal(404, (int)exported.StatusCode);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/images/{image}");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {fixture.Tokens.For(user)}");
        using var response = await host.Http.SendAsync(request, Cancel);
        AssertShown(await ApiHost.JsonAsync(response, Cancel));
    }

    private static void AssertShown(JsonElement image)
    {
        var location = image.GetProperty("analysis").GetProperty("location");
        Assert.Equal(
            (Latitude, -0.001475, 45.5),
            (location.GetProperty("latitude").GetDouble(), location.GetProperty("longitude").GetDouble(), location.GetProperty("altitude_metres").GetDouble()));
        Assert.Equal(
            (271.25, false, "2026-05-01T07:00:00Z", 345),
            (location.GetProperty("direction_degrees").GetDouble(), location.GetProperty("direction_is_magnetic").GetBoolean(),
                location.GetProperty("fixed_at").GetString(), image.GetProperty("analysis").GetProperty("utc_offset_minutes").GetInt32()));
        Assert.Equal(
            """{"city":"Saint-Étienne","region":"Auvergne-Rhône-Alpes","country":"FR","country_name":"France","distance_km":3.5}""", $"{location.GetProperty("place")}");
    }

    private static async Task<long> AnalyzedAsync(ApiHost host, long image)
    {
        var result = TestResults.Analyzed(await TestResults.PendingAsync(host, image, Cancel));
        var photo = new PhotoMetadata
        {
            Camera = "Leica M3",
            UtcOffsetMinutes = 345,
            Location = new PhotoLocation
            {
                Latitude = Latitude,
                Longitude = -0.001475,
                AltitudeMetres = 45.5,
                DirectionDegrees = 271.25,
                DirectionIsMagnetic = false,
                FixedAt = new DateTimeOffset(2026, 5, 1, 7, 0, 0, TimeSpan.Zero),
                Place = new PhotoPlace { City = "Saint-Étienne", Region = "Auvergne-Rhône-Alpes", Country = "FR", CountryName = "France", DistanceKm = 3.5 },
            },
        };
        Assert.Equal(
            ResultEffect.Analyzed,
            await host.CallAsync<ResultStore, ResultEffect>(store => store.StoreAsync(result with { Analysis = result.Analysis! with { Photo = photo } }, Cancel)));
        return image;
    }

    /// <summary>All messages about an image, up to the one that it is analysed.</summary>
    private async IAsyncEnumerable<string> MessagesAsync(long image)
    {
        var isTold = false;

        while (!isTold)
        {
            var message = await Eventually.ReadAsync(
                cancel => fixture.Host.Broker.TakeAsync(ImagesExchange.Queues.Notifications, cancel), until: taken => taken is not null, TimeSpan.FromSeconds(30), Cancel);
            var text = System.Text.Encoding.UTF8.GetString(message!.Body.Span);
            isTold = JsonSerializer.Deserialize<ImageEvent>(text)!.ImageId == image;
            yield return text;
        }
    }
}
