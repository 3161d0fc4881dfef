using System.Net;
using System.Text.RegularExpressions;

namespace BillionHearts.Tests.Api;

public sealed partial class ListingTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Theory]
    [InlineData("-upload_date")]
    [InlineData("upload_date")]
    public async Task Pages_show_each_image_once_also_those_of_the_same_moment(string sort)
    {
        // Eleven images in three moments, so that pages end between images of one moment.
        var user = await Host.CreateUserAsync(Cancel);
        await InsertAsync(user, 11, "timestamptz '2026-01-01' + (n % 3) * interval '1 second'");

        var pages = await PagesAsync($"/users/{user}/images?limit=4&sort={sort}");

        Assert.Equal([4, 4, 3], pages.Select(page => page.Count));
        var expected = await Host.Database.ScalarAsync<long[]>(
            $"SELECT array_agg(id ORDER BY upload_date {(sort[0] is '-' ? "DESC" : "ASC")}, id {(sort[0] is '-' ? "DESC" : "ASC")}) FROM images WHERE user_id = {user}", Cancel);
        Assert.Equal(expected, pages.SelectMany(page => page));
    }

    [Fact]
    public async Task An_image_that_comes_while_one_turns_the_pages_moves_no_other()
    {
        var user = await Host.CreateUserAsync(Cancel);
        await InsertAsync(user, 6, "timestamptz '2026-01-01' + n * interval '1 second'");
        using var first = await Host.Http.GetAsync($"/users/{user}/images?limit=3", Cancel);

        await InsertAsync(user, 2, "timestamptz '2026-02-01' + n * interval '1 second'");
        var rest = await PagesAsync(Next(first)!);

        Assert.Equal(3, Assert.Single(rest).Count);
    }

    [Fact]
    public async Task Filters_show_what_matches_and_nothing_else()
    {
        var user = await Host.CreateUserAsync(Cancel);
        await InsertAsync(user, 4, "now()", status: "analyzed", fileType: "png");
        await InsertAsync(user, 3, "now()", status: "failed", fileType: "png");
        await InsertAsync(user, 2, "now()", status: "failed", fileType: "jpeg");

        Assert.Equal(5, (await PagesAsync($"/users/{user}/images?status=failed")).Single().Count);
        Assert.Equal(7, (await PagesAsync($"/users/{user}/images?file_type=png")).Single().Count);
        Assert.Equal(2, (await PagesAsync($"/users/{user}/images?file_type=image/jpeg&status=failed")).Single().Count);
        Assert.Equal("No images found for this user", await RefusalAsync($"/users/{user}/images?status=pending", HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task A_user_unknown_and_a_user_without_images_are_told_apart_in_the_original_words()
    {
        var user = await Host.CreateUserAsync(Cancel);
        Assert.Equal("No images found for this user", await RefusalAsync($"/users/{user}/images", HttpStatusCode.NotFound));
        Assert.Equal("User not found", await RefusalAsync($"/users/{user + 1_000_000}/images", HttpStatusCode.NotFound));
        Assert.Equal("User not found", await RefusalAsync("/users/abc/images", HttpStatusCode.NotFound));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "1000")]
    [InlineData("limit=NaN", "NaN")]
    [InlineData("limit=1&limit=2", "more than once")]
    [InlineData("sort=id", "upload_date")]
    [InlineData("status=done", "awaiting_content, pending, analyzed, failed")]
    [InlineData("file_type=pdf", "jpeg, png, webp, gif, avif")]
    [InlineData("cursor=%00%27", "Link")]
    public async Task A_parameter_that_makes_no_sense_is_refused_and_named(string query, string named) =>
        Assert.Contains(named, await RefusalAsync($"/users/1/images?{query}", HttpStatusCode.UnprocessableEntity));

    [Theory]
    [InlineData("", "ix_images_user_id_upload_date_id")]
    [InlineData("AND status = 'failed'", "ix_images_user_id_status_upload_date_id")]
    [InlineData("AND file_type = 'png'", "ix_images_user_id_file_type_upload_date_id")]
    public async Task Each_way_to_list_has_an_index_that_gives_the_order(string filter, string index)
    {
        var user = await Host.CreateUserAsync(Cancel);
        // Most rows fit no filter: an index that has not the filter in it would have to pass over them.
        await InsertAsync(user, 5000, "timestamptz '2026-01-01' + n * interval '1 second'");
        await InsertAsync(user, 200, "timestamptz '2026-01-01' + n * interval '1 second'", fileType: "png", status: "failed");
        await Host.Database.ExecuteAsync("ANALYZE images", Cancel);

        var plan = await Host.Database.ScalarAsync<string>(
            $"EXPLAIN (FORMAT JSON) SELECT * FROM images WHERE deleted_at IS NULL AND user_id = {user} {filter} " +
            "AND (upload_date, id) < (timestamptz '2026-01-01 00:10', 5) ORDER BY upload_date DESC, id DESC LIMIT 101", Cancel);

        Assert.DoesNotContain("\"Sort\"", plan);
        Assert.Contains($"\"{index}\"", plan);
    }

    [GeneratedRegex("<(?<address>[^>]+)>; rel=\"next\"")]
    private static partial Regex NextLink();

    private static string? Next(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Link", out var links) ? NextLink().Match(links.Single()).Groups["address"].Value : null;

    private Task InsertAsync(long user, int count, string uploadDate, string status = "pending", string fileType = "jpeg") => Host.Database.ExecuteAsync(
        $"""
        INSERT INTO images (id, user_id, original_filename, upload_date, width, height, file_size, file_type, storage_path, status, version, analysis_attempt, removal_attempts)
        SELECT nextval('images_id_seq') * 100 + n, {user}, 'x', {uploadDate}, 1, 1, 1, '{fileType}', 'originals/' || gen_random_uuid(), '{status}', 0, 0, 0
        FROM generate_series(1, {count}) AS n
        """,
        Cancel);

    private async Task<List<List<long>>> PagesAsync(string address)
    {
        var pages = new List<List<long>>();

        for (var next = (string?)address; next is not null;)
        {
            using var response = await Host.Http.GetAsync(next, Cancel);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            pages.Add([.. (await ApiHost.JsonAsync(response, Cancel)).EnumerateArray().Select(image => image.GetProperty("id").GetInt64())]);
            next = Next(response);
        }

        return pages;
    }

    private async Task<string> RefusalAsync(string address, HttpStatusCode status)
    {
        using var response = await Host.Http.GetAsync(address, Cancel);
        Assert.Equal(status, response.StatusCode);
        var problem = await ApiHost.JsonAsync(response, Cancel);
        return problem.TryGetProperty("errors", out var errors) ? $"{errors}" : problem.GetProperty("detail").GetString()!;
    }
}
