using System.Net;
using System.Text.RegularExpressions;
using BillionHearts.Api.Accounts.Users;
using BillionHearts.Api.Images.Listing;
using BillionHearts.Api.Platform.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Tests.Api;

public sealed partial class ListingTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Theory]
    [InlineData("-upload_date", "upload_date DESC, id DESC")]
    [InlineData("upload_date", "upload_date, id")]
    [InlineData("-captured_at", "coalesce(captured_at, upload_date) DESC, id DESC")]
    [InlineData("captured_at", "coalesce(captured_at, upload_date), id")]
    public async Task Pages_show_each_image_once_also_those_of_the_same_moment(string sort, string order)
    {
        // Eleven images in three moments, so that pages end between images of one moment; every second was taken at one of them.
        var user = await Host.CreateUserAsync(Cancel);
        await InsertAsync(
            user, 11, "timestamptz '2026-01-01' + (n % 3) * interval '1 second'",
            capturedAt: "CASE n % 2 WHEN 0 THEN timestamptz '2026-01-01' + (n % 4) * interval '1 second' END");

        var pages = await PagesAsync($"/users/{user}/images?limit=4&sort={sort}");

        Assert.Equal([4, 4, 3], pages.Select(page => page.Count));
        var expected = await Host.Database.ScalarAsync<long[]>($"SELECT array_agg(id ORDER BY {order}) FROM images WHERE user_id = {user}", Cancel);
        Assert.Equal(expected, pages.SelectMany(page => page));
    }

    [Fact]
    public async Task A_page_begins_after_an_image_and_the_opposite_order_goes_back()
    {
        var (user, other) = (await Host.CreateUserAsync(Cancel), await Host.CreateUserAsync(Cancel));
        await InsertAsync(user, 4, "timestamptz '2026-01-01' + n * interval '1 second'");
        await InsertAsync(other, 1, "timestamptz '2026-01-01'");
        var all = Assert.Single(await PagesAsync($"/users/{user}/images"));
        var foreign = Assert.Single(Assert.Single(await PagesAsync($"/users/{other}/images")));

        Assert.Equal([all[2], all[3]], (await PagesAsync($"/users/{user}/images?after={all[1]}&limit=1")).Select(Assert.Single));
        Assert.Equal([all[0]], Assert.Single(await PagesAsync($"/users/{user}/images?after={all[1]}&sort=upload_date")));
        Assert.Empty(Assert.Single(await PagesAsync($"/users/{user}/images?after={all[3]}")));
        using var refused = await Host.Http.GetAsync($"/users/{user}/images?after={foreign}", Cancel);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }

    [Fact]
    public async Task An_image_that_arrives_during_paging_moves_no_other()
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
        await InsertAsync(user, 4, "timestamptz '2026-01-03'", status: "analyzed", fileType: "png");
        await InsertAsync(user, 3, "timestamptz '2026-01-03'", status: "failed", fileType: "png");
        await InsertAsync(user, 2, "timestamptz '2026-01-03'", status: "failed", fileType: "jpeg");

        Assert.Equal(5, (await PagesAsync($"/users/{user}/images?status=failed")).Single().Count);
        Assert.Equal(7, (await PagesAsync($"/users/{user}/images?file_type=png")).Single().Count);
        Assert.Equal(2, (await PagesAsync($"/users/{user}/images?file_type=image/jpeg&status=failed")).Single().Count);
        Assert.Equal("No images found for this user", await RefusalAsync($"/users/{user}/images?status=pending", HttpStatusCode.NotFound));
    }

    [Theory]
    [InlineData("uploaded_from=2026-01-02", 3)]
    [InlineData("uploaded_to=2026-01-02", 1)]
    [InlineData("uploaded_from=2026-01-02&uploaded_to=2026-01-03", 1)]
    [InlineData("uploaded_from=2026-01-02T00:00:00Z", 3)]
    [InlineData("uploaded_from=2026-01-02T00:00:00.000001Z", 2)]
    [InlineData("uploaded_from=2026-01-02T01:00%2B01:00", 3)]
    [InlineData("uploaded_from=2026-01-02T01:00:00+01:00", 3)]
    [InlineData("captured_from=2025-06-02", 1)]
    [InlineData("captured_from=2025-06-01&captured_to=2025-06-02", 1)]
    [InlineData("captured_to=2030-01-01", 2)]
    [InlineData("captured_to=2030-01-01&sort=captured_at", 2)]
    [InlineData("captured_from=2025-06-01T10:00:00-02:00&sort=-captured_at", 2)]
    [InlineData("month=2025-06", 2)]
    [InlineData("month=2026-01&sort=-captured_at", 2)]
    [InlineData("month=2026-01&min_width=401", 1)]
    [InlineData("camera=Canon%20EOS%20R5", 2)]
    [InlineData("camera=Canon%20EOS%20R5&captured_from=2025-06-02", 1)]
    [InlineData("min_width=301", 2)]
    [InlineData("min_height=40", 1)]
    [InlineData("min_file_size=2000&min_width=100", 3)]
    [InlineData("unknown=1&min_width=300", 3)]
    public async Task A_lower_bound_is_inclusive_and_an_upper_bound_exclusive(string query, int expected)
    {
        var user = await Host.CreateUserAsync(Cancel);
        await InsertAsync(
            user, 4, "timestamptz '2026-01-01 00:00Z' + (n - 1) * interval '1 day'",
            capturedAt: "CASE WHEN n <= 2 THEN timestamptz '2025-06-01 12:00Z' + (n - 1) * interval '1 day' END",
            camera: "CASE WHEN n <= 2 THEN 'Canon EOS R5' ELSE 'Canon EOS R' END", size: "n * 100 + 100, n * 10, n * 1000");

        Assert.Equal(expected, (await PagesAsync($"/users/{user}/images?{query}")).Single().Count);
    }

    [Theory]
    [InlineData("camera=canon%20eos%20r5")]
    [InlineData("camera=Canon%20EOS")]
    [InlineData("captured_from=2025-06-02T12:00:00.000001Z")]
    [InlineData("captured_to=2025-06-01T12:00:00Z")]
    [InlineData("month=2025-07")]
    public async Task A_filter_that_no_image_matches_is_404(string query)
    {
        var user = await Host.CreateUserAsync(Cancel);
        await InsertAsync(
            user, 3, "timestamptz '2026-01-03'", capturedAt: "CASE WHEN n <= 2 THEN timestamptz '2025-06-01 12:00Z' + (n - 1) * interval '1 day' END", camera: "'Canon EOS R5'");

        Assert.Equal("No images found for this user", await RefusalAsync($"/users/{user}/images?{query}", HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Every_page_links_to_the_first_and_the_next_page_with_all_filters()
    {
        var user = await Host.CreateUserAsync(Cancel);
        await InsertAsync(user, 5, "timestamptz '2026-01-01' + n * interval '1 second'", camera: "'A&B + C=D'");
        var path = $"/users/{user}/images";

        using var first = await Host.Http.GetAsync($"{path}?limit=3&camera=A%26B%20%2B%20C%3DD&sort=upload_date&unknown=secret", Cancel);
        using var last = await Host.Http.GetAsync(Next(first), Cancel);
        using var again = await Host.Http.GetAsync(First(last), Cancel);

        Assert.Equal($"{Host.Http.BaseAddress!.GetLeftPart(UriPartial.Authority)}{path}?limit=3&sort=upload_date&camera=A%26B%20%2B%20C%3DD", First(first));
        Assert.Equal(First(first), First(last));
        Assert.StartsWith($"{First(first)}&cursor=", Next(first));
        Assert.Null(Next(last));
        Assert.Equal(await first.Content.ReadAsStringAsync(Cancel), await again.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(2, (await ApiHost.JsonAsync(last, Cancel)).GetArrayLength());
    }

    [Fact]
    public async Task Months_are_counted_by_capture_or_else_upload_time_newest_first()
    {
        var user = await Host.CreateUserAsync(Cancel);
        // At the last microsecond of November and the first of December, in UTC.
        await InsertAsync(user, 3, "timestamptz '2026-01-15'", capturedAt: "timestamptz '2024-12-01 00:00Z' - (n % 2) * interval '1 microsecond'");
        await InsertAsync(user, 2, "timestamptz '2025-02-28 23:30Z'", fileType: "png");
        await InsertAsync(await Host.CreateUserAsync(Cancel), 1, "timestamptz '2025-03-01'");

        Assert.Equal([("2025-02", 2), ("2024-12", 1), ("2024-11", 2)], await MonthsAsync(""));
        Assert.Equal([("2025-02", 2)], await MonthsAsync("?file_type=png&unknown=1"));
        Assert.Equal([("2024-11", 2)], await MonthsAsync("?month=2024-11"));
        Assert.Equal(2, (await PagesAsync($"/users/{user}/images?sort=-captured_at&month=2024-11")).Single().Count);
        Assert.Equal("No images found for this user", await RefusalAsync($"/users/{user}/images/months?file_type=gif", HttpStatusCode.NotFound));
        Assert.Equal("User not found", await RefusalAsync($"/users/{user + 1_000_000}/images/months", HttpStatusCode.NotFound));
        Assert.Contains("month", await RefusalAsync($"/users/{user}/images/months?month=now", HttpStatusCode.UnprocessableEntity));

        async Task<IEnumerable<(string?, int)>> MonthsAsync(string query)
        {
            using var response = await Host.Http.GetAsync($"/users/{user}/images/months{query}", Cancel);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return (await ApiHost.JsonAsync(response, Cancel)).EnumerateArray().Select(month => (month.GetProperty("month").GetString(), month.GetProperty("count").GetInt32()));
        }
    }

    [Fact]
    public async Task Images_are_found_by_their_ids_among_those_of_the_user_only()
    {
        var (user, other) = (await Host.CreateUserAsync(Cancel), await Host.CreateUserAsync(Cancel));
        await InsertAsync(user, 3, "timestamptz '2026-01-03'");
        await InsertAsync(other, 1, "timestamptz '2026-01-03'");
        var ids = (await PagesAsync($"/users/{user}/images")).Single();
        var theirs = (await PagesAsync($"/users/{other}/images")).Single().Single();

        Assert.Equal([ids[0], ids[2]], (await PagesAsync($"/users/{user}/images?ids={ids[2]},{theirs},{ids[0]}")).Single());
        Assert.Equal("No images found for this user", await RefusalAsync($"/users/{user}/images?ids={theirs}", HttpStatusCode.NotFound));
        Assert.Contains("at most 500 whole numbers, not 501", await RefusalAsync($"/users/{user}/images?ids={string.Join(',', Enumerable.Range(1, 501))}", HttpStatusCode.UnprocessableEntity));
        Assert.Contains("'x'", await RefusalAsync($"/users/{user}/images?ids=1,x", HttpStatusCode.UnprocessableEntity));
    }

    [Fact]
    public async Task HEAD_returns_the_links_and_no_images()
    {
        var user = await Host.CreateUserAsync(Cancel);
        await InsertAsync(user, 2, "timestamptz '2026-01-03'");
        using var request = new HttpRequestMessage(HttpMethod.Head, $"/users/{user}/images?limit=1");
        using var response = await Host.Http.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotNull(Next(response));
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task A_cursor_is_valid_in_its_own_list_only()
    {
        var (user, other) = (await Host.CreateUserAsync(Cancel), await Host.CreateUserAsync(Cancel));
        await InsertAsync(user, 3, "timestamptz '2026-01-03'");
        await InsertAsync(other, 3, "timestamptz '2026-01-03'");
        using var page = await Host.Http.GetAsync($"/users/{user}/images?limit=1&file_type=jpeg&uploaded_from=2026-01-01", Cancel);
        var cursor = Next(page)!.Split("cursor=")[1];
        var altered = (cursor[0] is 'A' ? 'B' : 'A') + cursor[1..];

        using var same = await Host.Http.GetAsync($"/users/{user}/images?limit=2&file_type=jpg&uploaded_from=2026-01-01T00:00:00Z&sort=-upload_date&cursor={cursor}", Cancel);
        Assert.Equal((HttpStatusCode.OK, 2), (same.StatusCode, (await ApiHost.JsonAsync(same, Cancel)).GetArrayLength()));

        foreach (var address in new[]
        {
            $"/users/{other}/images?file_type=jpeg&uploaded_from=2026-01-01&cursor={cursor}",
            $"/users/{user}/images?file_type=png&uploaded_from=2026-01-01&cursor={cursor}",
            $"/users/{user}/images?file_type=jpeg&cursor={cursor}",
            $"/users/{user}/images?file_type=jpeg&uploaded_from=2026-01-02&cursor={cursor}",
            $"/users/{user}/images?file_type=jpeg&uploaded_from=2026-01-01&min_width=1&cursor={cursor}",
            $"/users/{user}/images?file_type=jpeg&uploaded_from=2026-01-01&month=2026-01&cursor={cursor}",
            $"/users/{user}/images?file_type=jpeg&uploaded_from=2026-01-01&sort=upload_date&cursor={cursor}",
            $"/users/{user}/images?file_type=jpeg&uploaded_from=2026-01-01&sort=-captured_at&cursor={cursor}",
            $"/users/{user}/images?file_type=jpeg&uploaded_from=2026-01-01&cursor={altered}",
        })
        {
            Assert.Contains("\"cursor\"", await RefusalAsync(address, HttpStatusCode.UnprocessableEntity));
        }
    }

    [Fact]
    public async Task An_unknown_user_and_one_without_images_get_the_original_services_texts()
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
    [InlineData("cursor=", "Link")]
    [InlineData("uploaded_from=yesterday", "2026-01-31T12:00:00Z")]
    [InlineData("uploaded_to=2026-01-31T12:00:00", "uploaded_to")]
    [InlineData("uploaded_to=0001-01-01T00:00:00%2B14:00", "uploaded_to")]
    [InlineData("captured_from=2026-02-30", "captured_from")]
    [InlineData("captured_to=", "captured_to")]
    [InlineData("captured_to=2026-01-01&captured_to=2026-01-02", "more than once")]
    [InlineData("month=2026-13", "such as 2026-11, not '2026-13'")]
    [InlineData("month=2026-1", "2026-1")]
    [InlineData("month=2026-11-01", "2026-11-01")]
    [InlineData("month=9999-12", "9998-12")]
    [InlineData("month=", "month")]
    [InlineData("camera=", "must not be empty")]
    [InlineData("camera=a%00b", "control characters")]
    [InlineData("min_width=0", "min_width")]
    [InlineData("min_width=2147483648", "2147483647")]
    [InlineData("min_height=-1", "min_height")]
    [InlineData("min_file_size=9223372036854775808", "min_file_size")]
    public async Task An_invalid_list_parameter_is_refused_and_named(string query, string named) =>
        Assert.Contains(named, await RefusalAsync($"/users/1/images?{query}", HttpStatusCode.UnprocessableEntity));

    [Theory]
    [InlineData("", "ix_images_user_id_upload_date_id")]
    [InlineData("sort=upload_date", "ix_images_user_id_upload_date_id")]
    [InlineData("uploaded_from=2026-01-01&uploaded_to=2026-01-02", "ix_images_user_id_upload_date_id")]
    [InlineData("status=failed", "ix_images_user_id_status_upload_date_id")]
    [InlineData("file_type=png", "ix_images_user_id_file_type_upload_date_id")]
    [InlineData("camera=Leica", "ix_images_user_id_camera_upload_date_id")]
    [InlineData("sort=captured_at", "ix_images_user_id_captured_id")]
    [InlineData("sort=-captured_at", "ix_images_user_id_captured_id")]
    [InlineData("sort=-captured_at&captured_from=2025-01-01", "ix_images_user_id_captured_id")]
    [InlineData("sort=captured_at&captured_from=2025-01-01&captured_to=2025-02-01", "ix_images_user_id_captured_id")]
    [InlineData("sort=-captured_at&month=2025-01", "ix_images_user_id_captured_id")]
    public async Task Each_way_to_list_has_an_index_that_gives_the_order(string query, string index)
    {
        var user = await Host.CreateUserAsync(Cancel);
        // Most rows match no filter: an index without the filter's column would have to skip them.
        await InsertAsync(user, 5000, "timestamptz '2026-01-01' + n * interval '1 second'", capturedAt: "timestamptz '2025-01-01' + n * interval '1 hour'");
        await InsertAsync(user, 200, "timestamptz '2026-01-01' + n * interval '1 second'", fileType: "png", status: "failed", camera: "'Leica'");
        await Host.Database.ExecuteAsync("ANALYZE images", Cancel);

        var plan = await PlanAsync(user, query);

        Assert.DoesNotContain("\"Sort\"", plan);
        Assert.Contains($"\"{index}\"", plan);
        // The index is read from the cursor on, and from the lower bound on where that is of the sort column.
        Assert.Contains("ROW(", Conditions(plan));
        Assert.Equal(query.Contains("captured_from", StringComparison.Ordinal) || query.Contains("month", StringComparison.Ordinal), Conditions(plan).Contains("COALESCE(captured_at, upload_date) >=", StringComparison.Ordinal));
    }

    /// <summary>PostgreSQL's plan for the query of a page in the middle.</summary>
    private Task<string> PlanAsync(long user, string query) => Host.CallAsync<ImagesDbContext, string>(async db =>
    {
        var cursors = Host.App.Services.GetRequiredService<PageCursors>();
        ListingQuery.Read(user, new DefaultHttpContext { Request = { QueryString = new QueryString($"?{query}") } }.Request, cursors).TryGet(out var listing, out _);
        var at = new DateTimeOffset(listing!.Order.IsByCapture ? 2025 : 2026, 1, 1, 0, 10, 0, TimeSpan.Zero);
        await using var command = listing.Order.From(listing.Filter.Find(db, user, isOwner: false), new PageCursor(at, 5)).Take(101).CreateDbCommand();
        command.CommandText = $"EXPLAIN (FORMAT JSON) {command.CommandText}";
        await db.Database.OpenConnectionAsync(Cancel);
        return (string)(await command.ExecuteScalarAsync(Cancel))!;
    });

    private static string Conditions(string plan) => string.Join('\n', plan.Split('\n').Where(line => line.Contains("\"Index Cond\"", StringComparison.Ordinal)));

    [GeneratedRegex("<(?<address>[^>]+)>; rel=\"next\"")]
    private static partial Regex NextLink();

    [GeneratedRegex("<(?<address>[^>]+)>; rel=\"first\"")]
    private static partial Regex FirstLink();

    private static string? Next(HttpResponseMessage response) => Link(response, NextLink());

    private static string? First(HttpResponseMessage response) => Link(response, FirstLink());

    private static string? Link(HttpResponseMessage response, Regex relation) =>
        relation.Match(response.Headers.GetValues("Link").Single()) is { Success: true } match ? match.Groups["address"].Value : null;

    /// <param name="size">Width, height and bytes.</param>
    private Task InsertAsync(
        long user, int count, string uploadDate, string status = "pending", string fileType = "jpeg", string capturedAt = "NULL::timestamptz",
        string camera = "NULL", string size = "1, 1, 1") => Host.Database.ExecuteAsync(
        $"""
        INSERT INTO images (id, user_id, original_filename, upload_date, width, height, file_size, file_type, storage_path, status, version, analysis_attempt, removal_attempts, captured_at, camera)
        SELECT nextval('images_id_seq') * 100 + n, {user}, 'x', {uploadDate}, {size}, '{fileType}', 'originals/' || gen_random_uuid(), '{status}', 0, 0, 0, {capturedAt}, {camera}
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
