using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images;
using BillionHearts.Api.Pipeline.Results;
using Npgsql;

namespace BillionHearts.Tests.Api;

/// <summary>The two calls that go to the database in batches: announce, and get by id.</summary>
public sealed class MetadataTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task Batched_announcements_create_an_image_each_and_an_unknown_user_fails_alone()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async n =>
        {
            using var response = await AnnounceAsync(n % 10 is 0 ? long.MaxValue - n : user, $"{n}.jpg");
            return (n, response.StatusCode, Body: await ApiHost.JsonAsync(response, Cancel));
        }));

        Assert.All(answers, answer => Assert.Equal(answer.n % 10 is 0 ? HttpStatusCode.NotFound : HttpStatusCode.OK, answer.StatusCode));
        var images = answers.Where(answer => answer.StatusCode is HttpStatusCode.OK).ToDictionary(answer => answer.Body.GetProperty("id").GetInt64(), answer => answer.Body.ToString());
        Assert.Equal(180, images.Count);
        Assert.Equal(180, await Host.Database.ScalarAsync<long>($"SELECT count(*) FROM images WHERE user_id = {user}", Cancel));

        // Each is returned as at its announcement, also when read in one batch with unknown ids.
        await Task.WhenAll(images.Select(async image => Assert.Equal(image.Value, (await Host.GetImageAsync(image.Key, Cancel)).ToString()))
            .Concat(Enumerable.Range(0, 20).Select(async n => Assert.Equal(404, (await Host.GetImageAsync(long.MaxValue - n, Cancel)).GetProperty("status").GetInt32()))));
    }

    [Fact]
    public async Task An_image_has_the_same_fields_alone_and_in_the_list()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var pending = (await Host.UploadAsync(user, TestImages.Jpeg(64, 48), Cancel)).GetProperty("id").GetInt64();
        var analyzed = (await Host.UploadAsync(user, TestImages.Png(40, 30), Cancel)).GetProperty("id").GetInt64();
        var failed = (await Host.UploadAsync(user, TestImages.Png(41, 30), Cancel)).GetProperty("id").GetInt64();
        await Host.CallAsync<ResultStore, ResultEffect>(async results => await results.StoreAsync(TestResults.Analyzed(await PendingAsync(analyzed)), Cancel));
        await Host.CallAsync<ResultStore, ResultEffect>(async results => await results.StoreAsync(TestResults.Failed(await PendingAsync(failed), "corrupt"), Cancel));

        var list = JsonNode.Parse(await Host.Http.GetStringAsync($"/users/{user}/images", Cancel))!.AsArray();

        Assert.Equal([failed, analyzed, pending], list.Select(image => image!["id"]!.GetValue<long>()));
        foreach (var image in list)
        {
            Assert.Equal(image!.ToJsonString(), JsonNode.Parse(await Host.Http.GetStringAsync($"/images/{image["id"]}", Cancel))!.ToJsonString());
        }
    }

    [Fact]
    public async Task Batched_calls_are_503_without_a_database_and_work_again_afterwards()
    {
        var user = await Host.CreateUserAsync(Cancel);
        await Host.Database.AllowConnectionsAsync(false, Cancel);

        try
        {
            using var post = await AnnounceAsync(user, "a.jpg");
            using var get = await Host.Http.GetAsync("/images/1", Cancel);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), (post.StatusCode, get.StatusCode));
        }
        finally
        {
            await Host.Database.AllowConnectionsAsync(true, Cancel);
        }

        await Eventually.ReadAsync(
            async _ =>
            {
                using var response = await AnnounceAsync(user, "a.jpg");
                return response.StatusCode;
            },
            until: status => status is HttpStatusCode.OK, TimeSpan.FromSeconds(30), Cancel);
    }

    [Theory]
    [MemberData(nameof(QueriesById))]
    public async Task Images_are_found_by_their_ids_also_while_a_new_database_has_no_statistics(string query)
    {
        await using var connection = new NpgsqlConnection(Host.Database.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        // As before the first ANALYZE, about a minute after the first images; here another test's images may have caused one.
        await using var prepare = new NpgsqlCommand(
            $"SELECT pg_clear_relation_stats(current_schema, 'images'); SET LOCAL plan_cache_mode = force_generic_plan; PREPARE by_id (bigint[]) AS {query}",
            connection,
            transaction);
        await prepare.ExecuteNonQueryAsync(Cancel);
        await using var explain = new NpgsqlCommand("EXPLAIN EXECUTE by_id ('{1}')", connection, transaction);
        await using var reader = await explain.ExecuteReaderAsync(Cancel);

        List<string> plan = [];
        while (await reader.ReadAsync(Cancel))
        {
            plan.Add(reader.GetString(0));
        }

        Assert.Contains(plan, line => line.Contains("Index Cond: (id = ANY", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, line => line.Contains("ix_images_", StringComparison.Ordinal));
    }

    public static TheoryData<string> QueriesById() => [ImageReads.Query, Owned.Image.OwnerQuery];

    private Task<PendingImage> PendingAsync(long id) => TestResults.PendingAsync(Host, id, Cancel);

    private Task<HttpResponseMessage> AnnounceAsync(long user, string name) => Host.Http.PostAsJsonAsync(
        "/images/", new { user_id = user, original_filename = name, width = 1, height = 1, file_size = 1, file_type = "jpeg" }, Cancel);
}
