using System.Net;
using System.Text.Json;

namespace BillionHearts.Tests.Api.Duplicates;

public sealed class SimilarTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const ulong Hash = 0xf0f0_1234_5678_9abc;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task Similar_images_come_nearest_first_and_only_those_of_the_same_user()
    {
        var (user, other) = (await Host.CreateUserAsync(Cancel), await Host.CreateUserAsync(Cancel));
        var image = await Host.AddAsync(user, Hash);
        // The bits that differ are in all bands, in one band only, and beyond the default distance.
        var near = await Host.AddAsync(user, Hash ^ 0x0001_0001_0001_0001);
        var same = await Host.AddAsync(user, Hash, seed: 2);
        var nearer = await Host.AddAsync(user, Hash ^ 0x0000_0000_0700_0000);
        var far = await Host.AddAsync(user, Hash ^ 0xff00_0000_0000_0700);
        await Host.AddAsync(user, ~Hash);
        var foreign = await Host.AddAsync(other, Hash);

        Assert.Equal([(same, 0), (nearer, 3), (near, 4)], await SimilarAsync(image));
        Assert.Equal([(same, 0), (nearer, 3), (near, 4), (far, 11)], await SimilarAsync(image, "?max_distance=15"));
        Assert.Equal([(same, 0)], await SimilarAsync(image, "?max_distance=0"));
        Assert.Equal([(same, 0), (nearer, 3)], await SimilarAsync(image, "?limit=2"));
        Assert.Equal([], await SimilarAsync(foreign, "?max_distance=15"));
    }

    [Fact]
    public async Task An_entry_has_the_whole_image_object()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var (image, same) = (await Host.AddAsync(user, Hash), await Host.AddAsync(user, Hash, seed: 2));

        using var response = await Host.Http.GetAsync($"/images/{image}/similar", Cancel);
        var entry = Assert.Single((await ApiHost.JsonAsync(response, Cancel)).EnumerateArray());

        Assert.Equal($"{await Host.GetImageAsync(same, Cancel)}", $"{entry.GetProperty("image")}");
    }

    [Fact]
    public async Task A_deleted_image_and_one_with_new_content_are_not_similar_any_more()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var (image, deleted, replaced) = (await Host.AddAsync(user, Hash), await Host.AddAsync(user, Hash, seed: 2), await Host.AddAsync(user, Hash, seed: 3));
        Assert.Equal([(deleted, 0), (replaced, 0)], await SimilarAsync(image));

        using var delete = await Host.Http.DeleteAsync($"/images/{deleted}", Cancel);
        using var put = await Host.PutContentAsync(replaced, TestImages.Png(50, 50));

        Assert.Equal([], await SimilarAsync(image));
        Assert.Equal([], await SimilarAsync(replaced));
        await Host.AnalyzeAsync(replaced, Hash);
        Assert.Equal([(image, 0)], await SimilarAsync(replaced));
    }

    [Fact]
    public async Task A_flat_picture_is_similar_only_to_the_same_file()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var (flat, otherFlat, sameFile, nearlyFlat) = (
            await Host.AddAsync(user, 0, seed: 1), await Host.AddAsync(user, 0, seed: 2), await Host.AddAsync(user, 0, seed: 1), await Host.AddAsync(user, 1, seed: 3));

        Assert.Equal([(sameFile, 0)], await SimilarAsync(flat));
        Assert.Equal([], await SimilarAsync(otherFlat));
        Assert.Equal([], await SimilarAsync(nearlyFlat));
    }

    [Fact]
    public async Task An_image_that_is_not_analysed_is_similar_to_none_and_an_unknown_one_is_404()
    {
        var user = await Host.CreateUserAsync(Cancel);
        await Host.AddAsync(user, Hash);
        var pending = (await Host.UploadAsync(user, TestImages.Png(41, 30), Cancel)).GetProperty("id").GetInt64();

        Assert.Equal([], await SimilarAsync(pending));
        await (await Host.Http.GetAsync("/images/999999999/similar", Cancel)).RefusedAsync(404, "image-not-found");
    }

    [Theory]
    [InlineData("max_distance=-1", "max_distance", "between 0 and 15, not '-1'")]
    [InlineData("max_distance=16", "max_distance", "between 0 and 15, not '16'")]
    [InlineData("max_distance=", "max_distance", "between 0 and 15, not ''")]
    [InlineData("limit=0", "limit", "between 1 and 100, not '0'")]
    [InlineData("limit=101", "limit", "between 1 and 100, not '101'")]
    [InlineData("limit=1&limit=2", "limit", "appears more than once")]
    public async Task A_bad_parameter_is_refused_with_its_limit_and_value(string query, string field, string sentence)
    {
        var image = await Host.AddAsync(await Host.CreateUserAsync(Cancel), Hash);

        var detail = await (await Host.Http.GetAsync($"/images/{image}/similar?{query}", Cancel)).RefusedAsync(422, "invalid-fields");

        Assert.StartsWith(field, detail);
        Assert.Contains(sentence, detail);
    }

    private async Task<List<(long Id, int Distance)>> SimilarAsync(long id, string query = "")
    {
        using var response = await Host.Http.GetAsync($"/images/{id}/similar{query}", Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await ApiHost.JsonAsync(response, Cancel);
        Assert.Equal(JsonValueKind.Array, body.ValueKind);

        return [.. body.EnumerateArray().Select(entry => (entry.GetProperty("image").GetProperty("id").GetInt64(), entry.GetProperty("distance").GetInt32()))];
    }
}
