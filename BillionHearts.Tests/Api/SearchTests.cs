using System.Net;
using BillionHearts.Api.Images.Listing;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using BillionHearts.Tests.Api.Duplicates;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Tests.Api;

/// <summary>Lists with a search for words (<c>q</c>).</summary>
public sealed class SearchTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Theory]
    [InlineData("beach", "Beach_2024-05-01 (Sunset).JPG")]
    [InlineData("BEA", "Beach_2024-05-01 (Sunset).JPG")]
    [InlineData("sunset beach", "Beach_2024-05-01 (Sunset).JPG")]
    [InlineData("2024-05", "Beach_2024-05-01 (Sunset).JPG")]
    [InlineData("beach.jpg", "Beach_2024-05-01 (Sunset).JPG")]
    [InlineData("été", "Plage d'Été.png")]
    [InlineData("ÉTÉ", "Plage d'Été.png")]
    [InlineData("e\u0301t", "Plage d'Été.png")]
    [InlineData("写真", "写真 1.jpg")]
    [InlineData("a'b\\c:*", "a'b\\c.jpg")]
    [InlineData("🏖", "🏖 trip.jpg")]
    public async Task A_word_is_found_by_its_beginning_in_any_case(string search, string name)
    {
        var user = await Host.CreateUserAsync(Cancel);
        var image = await InsertAsync(user, name);
        await InsertAsync(user, "unrelated.gif");

        Assert.Equal([image], await FindAsync(user, search));
    }

    [Theory]
    [InlineData("each")]
    [InlineData("beach mountain")]
    [InlineData("beachx")]
    [InlineData("%")]
    [InlineData("bea*h")]
    public async Task An_image_without_all_of_the_words_is_not_found(string search)
    {
        var user = await Host.CreateUserAsync(Cancel);
        await InsertAsync(user, "beach 100.jpg");

        using var response = await Host.Http.GetAsync($"/users/{user}/images?q={Uri.EscapeDataString(search)}", Cancel);

        Assert.Equal(search is "%" ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Camera_and_lens_are_found_once_the_image_is_analysed_and_until_it_is_replaced()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var photo = new PhotoMetadata { Camera = "Canon EOS R5", Lens = "RF50mm F1.2" };
        var image = await Host.AddAsync(user, 1, photo: photo);

        Assert.Equal([image], await FindAsync(user, "canon r5 rf50"));
        Assert.Equal([image], await FindAsync(user, "photo f1.2"));

        using var put = await Host.PutContentAsync(image, TestImages.Png(44, 44));
        Assert.True(put.IsSuccessStatusCode);
        Assert.Equal([], await FindAsync(user, "canon"));
        Assert.Equal([image], await FindAsync(user, "photo"));
    }

    [Fact]
    public async Task A_new_name_is_found_and_the_old_one_is_not()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var image = await Host.AnnounceAsync(user);
        Assert.Equal([image], await FindAsync(user, "gif"));

        using var put = await Host.Http.PutAsync($"/images/{image}", new StringContent("""{"original_filename":"harbour.png"}""", System.Text.Encoding.UTF8, "application/json"), Cancel);

        Assert.Equal([], await FindAsync(user, "gif"));
        Assert.Equal([image], await FindAsync(user, "harb"));
    }

    [Fact]
    public async Task No_user_finds_an_image_of_another()
    {
        var (user, other) = (await Host.CreateUserAsync(Cancel), await Host.CreateUserAsync(Cancel));
        var image = await InsertAsync(user, "harbour.jpg");
        var foreign = await InsertAsync(other, "harbour.jpg");

        Assert.Equal([image], await FindAsync(user, "harbour"));
        Assert.Equal([foreign], await FindAsync(other, "harbour"));
        Assert.Equal([], await FindAsync(user, $"{other}:harbour"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("&sort=upload_date")]
    [InlineData("&sort=-captured_at")]
    [InlineData("&sort=captured_at")]
    public async Task Pages_of_a_search_show_each_match_once_in_the_lists_order(string sort)
    {
        // More than are looked at first, and the matches of one word are only among the oldest.
        var user = await Host.CreateUserAsync(Cancel);
        await InsertManyAsync(user, 1500, "CASE WHEN n <= 5 THEN 'rare' ELSE 'other' END || n % 2 || '.jpg'");

        foreach (var (search, matches) in new[] { ("rare", 5), ("other0", 748), ("jpg", 1500) })
        {
            var expected = await Host.Database.ScalarAsync<long[]>(
                $"SELECT array_agg(id ORDER BY upload_date {(sort.Contains("=-", StringComparison.Ordinal) || sort is "" ? "DESC, id DESC" : ", id")}) FROM images WHERE user_id = {user} AND original_filename LIKE '%{search}%'",
                Cancel);
            Assert.Equal(matches, expected.Length);
            Assert.Equal(expected, await FindAsync(user, search, $"&limit=300{sort}"));
        }
    }

    [Fact]
    public async Task A_search_and_the_filters_apply_together()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var image = await InsertAsync(user, "harbour.jpg", "2026-01-02");
        await InsertAsync(user, "harbour.jpg", "2026-01-01");
        await InsertAsync(user, "field.jpg", "2026-01-02");

        Assert.Equal([image], await FindAsync(user, "harbour", "&uploaded_from=2026-01-02&file_type=jpeg"));
    }

    [Theory]
    [InlineData("", "must not be empty")]
    [InlineData("%20", "must not be empty")]
    [InlineData("-", "must contain a letter or a digit; '-' does not")]
    [InlineData("%01", "control characters")]
    public async Task A_search_without_a_word_is_refused(string search, string sentence) =>
        Assert.Contains(sentence, await (await Host.Http.GetAsync($"/users/1/images?q={search}", Cancel)).RefusedAsync(422, "invalid-fields"));

    [Fact]
    public async Task A_search_that_is_too_long_is_refused_with_its_limit()
    {
        var detail = await (await Host.Http.GetAsync($"/users/1/images?q={new string('x', 201)}", Cancel)).RefusedAsync(422, "invalid-fields");

        Assert.Equal("q must have at most 200 characters, not 201.", detail);
    }

    [Fact]
    public async Task A_cursor_of_another_search_is_refused()
    {
        var user = await Host.CreateUserAsync(Cancel);
        await InsertManyAsync(user, 3, "'harbour field.jpg'");
        using var page = await Host.Http.GetAsync($"/users/{user}/images?q=harbour&limit=1", Cancel);
        var cursor = page.Headers.GetValues("Link").Single().Split("cursor=")[1].Split('>')[0];

        Assert.Equal(HttpStatusCode.OK, (await Host.Http.GetAsync($"/users/{user}/images?q=harbour&limit=1&cursor={cursor}", Cancel)).StatusCode);
        await (await Host.Http.GetAsync($"/users/{user}/images?q=field&limit=1&cursor={cursor}", Cancel)).RefusedAsync(422, "invalid-fields");
    }

    [Theory]
    [InlineData(255, 'x')]
    [InlineData(255, '\uFDFA')]
    [InlineData(127, '.')]
    public async Task No_file_name_is_too_long_to_be_stored_and_searched(int length, char character)
    {
        var user = await Host.CreateUserAsync(Cancel);
        await InsertAsync(user, new string(character, length));

        Assert.Equal(character is '.' ? 0 : 1, (await FindAsync(user, new string(character is '.' ? 'x' : character, Math.Min(200, length)))).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_search_uses_the_index_of_words(bool isOwner)
    {
        var user = await Host.CreateUserAsync(Cancel);
        await InsertManyAsync(user, 5000, "'IMG_' || n || '.jpg'");
        await Host.Database.ExecuteAsync("ANALYZE images", Cancel);

        var plan = await Host.CallAsync<ImagesDbContext, string>(async db =>
        {
            await using var command = new ImageSearch("img 77").Find(db, user, isOwner).Where(image => image.UserId == user).CreateDbCommand();
            command.CommandText = $"EXPLAIN {command.CommandText}";
            await db.Database.OpenConnectionAsync(Cancel);
            await using var reader = await command.ExecuteReaderAsync(Cancel);
            var lines = new List<string>();
            while (await reader.ReadAsync(Cancel))
            {
                lines.Add(reader.GetString(0));
            }

            return string.Join('\n', lines);
        });

        Assert.Contains("ix_images_search", plan);
    }

    /// <summary>The ids of all pages.</summary>
    private async Task<List<long>> FindAsync(long user, string search, string more = "")
    {
        var found = new List<long>();

        for (var next = (string?)$"/users/{user}/images?q={Uri.EscapeDataString(search)}{more}"; next is not null;)
        {
            using var response = await Host.Http.GetAsync(next, Cancel);

            if (response.StatusCode is HttpStatusCode.NotFound)
            {
                return found;
            }

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            found.AddRange((await ApiHost.JsonAsync(response, Cancel)).EnumerateArray().Select(image => image.GetProperty("id").GetInt64()));
            var link = response.Headers.GetValues("Link").Single();
            next = link.Contains("rel=\"next\"", StringComparison.Ordinal) ? link.Split('<', '>')[1] : null;
        }

        return found;
    }

    private async Task<long> InsertAsync(long user, string name, string uploadDate = "2026-01-01")
    {
        await InsertManyAsync(user, 1, $"'{name.Replace("'", "''", StringComparison.Ordinal)}'", uploadDate);
        return await Host.Database.ScalarAsync<long>($"SELECT max(id) FROM images WHERE user_id = {user}", Cancel);
    }

    private Task InsertManyAsync(long user, int count, string name, string uploadDate = "2026-01-01") => Host.Database.ExecuteAsync(
        $"""
        INSERT INTO images (id, user_id, original_filename, upload_date, width, height, file_size, file_type, storage_path, status, version, analysis_attempt, removal_attempts)
        SELECT nextval('images_id_seq') * 10000 + n, {user}, {name}, timestamptz '{uploadDate}' + n * interval '1 second', 1, 1, 1, 'jpeg', 'originals/' || gen_random_uuid(), 'analyzed', 1, 0, 0
        FROM generate_series(1, {count}) AS n
        """,
        Cancel);
}
