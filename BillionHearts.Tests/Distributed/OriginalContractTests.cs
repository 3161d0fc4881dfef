using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace BillionHearts.Tests.Distributed;

/// <summary>The seven calls of the original service, as its clients make them, through the gateway.</summary>
public sealed class OriginalContractTests(AppHostFixture app)
{
    private static readonly string[] s_originalFields =
        ["id", "user_id", "original_filename", "upload_date", "width", "height", "file_size", "file_type", "storage_path"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static object Metadata(long user) =>
        new { user_id = user, original_filename = "cat.jpg", width = 800, height = 600, file_size = 12345, file_type = "image/jpeg" };

    [Theory]
    [InlineData("/users", "/images")]
    [InlineData("/users/", "/images/")]
    public async Task Every_call_works_with_and_without_a_trailing_slash(string users, string images)
    {
        using var client = await app.ClientAsync(Cancel);
        var slash = users.EndsWith('/') ? "/" : "";

        using var created = await client.Http.PostAsJsonAsync(users, new { username = $"slash-{Guid.NewGuid():n}" }, Cancel);
        var user = (await ImagesClient.ReadAsync(created, Cancel)).GetProperty("id").GetInt64();

        using var posted = await client.Http.PostAsJsonAsync(images, Metadata(user), Cancel);
        var image = await ImagesClient.ReadAsync(posted, Cancel);
        var id = image.GetProperty("id").GetInt64();
        Assert.All(s_originalFields, field => Assert.True(image.TryGetProperty(field, out var value) && value.ValueKind is not JsonValueKind.Null, field));
        Assert.Equal("awaiting_content", image.GetProperty("status").GetString());

        using var got = await client.Http.GetAsync($"/images/{id}{slash}", Cancel);
        Assert.Equal("cat.jpg", (await ImagesClient.ReadAsync(got, Cancel)).GetProperty("original_filename").GetString());

        using var download = await client.Http.GetAsync($"/images/{id}/download{slash}", Cancel);
        Assert.Equal(id, (await ImagesClient.ReadAsync(download, Cancel)).GetProperty("id").GetInt64());

        using var put = await client.Http.PutAsJsonAsync($"/images/{id}{slash}", new { original_filename = "dog.jpg" }, Cancel);
        Assert.Equal("dog.jpg", (await ImagesClient.ReadAsync(put, Cancel)).GetProperty("original_filename").GetString());

        using var list = await client.Http.GetAsync($"/users/{user}/images{slash}", Cancel);
        Assert.Equal([id], (await ImagesClient.ReadAsync(list, Cancel)).EnumerateArray().Select(i => i.GetProperty("id").GetInt64()));

        using var deleted = await client.Http.DeleteAsync($"/images/{id}{slash}", Cancel);
        Assert.Equal("""{"detail":"Image deleted successfully"}""", await deleted.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task A_deleted_image_is_gone_from_every_call_at_once()
    {
        using var client = await app.ClientAsync(Cancel);
        var user = await client.CreateUserAsync(Cancel);
        var id = (await client.UploadAsync(user, TestImages.Png(20, 20), "a.png", Cancel)).GetProperty("id").GetInt64();

        using var deleted = await client.Http.DeleteAsync($"/images/{id}", Cancel);
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);

        await AnswersAsync(client, HttpMethod.Get, $"/images/{id}", null, HttpStatusCode.NotFound, "Image not found");
        await AnswersAsync(client, HttpMethod.Get, $"/images/{id}/download", null, HttpStatusCode.NotFound, "Image not found");
        await AnswersAsync(client, HttpMethod.Put, $"/images/{id}", new { original_filename = "b.png" }, HttpStatusCode.NotFound, "Image not found");
        await AnswersAsync(client, HttpMethod.Delete, $"/images/{id}", null, HttpStatusCode.NotFound, "Image not found");
        await AnswersAsync(client, HttpMethod.Get, $"/users/{user}/images", null, HttpStatusCode.NotFound, "No images found for this user");
    }

    [Fact]
    public async Task A_user_may_choose_an_id_that_later_assignments_then_avoid()
    {
        using var client = await app.ClientAsync(Cancel);
        var next = await client.CreateUserAsync(Cancel) + 1;

        using var chosen = await client.Http.PostAsJsonAsync("/users/", new { id = next, username = $"chosen-{Guid.NewGuid():n}" }, Cancel);
        Assert.Equal(next, (await ImagesClient.ReadAsync(chosen, Cancel)).GetProperty("id").GetInt64());
        Assert.NotEqual(next, await client.CreateUserAsync(Cancel));
        await AnswersAsync(
            client, HttpMethod.Post, "/users/", new { id = next, username = $"again-{Guid.NewGuid():n}" }, HttpStatusCode.Conflict, "User ID already exists");
    }

    [Theory]
    [InlineData("GET", "/images/9007199254740993")]
    [InlineData("GET", "/images/0")]
    [InlineData("GET", "/images/-1")]
    [InlineData("GET", "/images/abc")]
    [InlineData("GET", "/images/99999999999999999999999")]
    [InlineData("GET", "/images/9007199254740993/download")]
    [InlineData("DELETE", "/images/9007199254740993")]
    [InlineData("GET", "/users/9007199254740993/images")]
    [InlineData("GET", "/users/9007199254740993/events")]
    [InlineData("GET", "/media/00000000000000000000000000000000/thumb")]
    [InlineData("GET", "/health")]
    [InlineData("GET", "/alive")]
    [InlineData("GET", "/internal/users/1")]
    [InlineData("GET", "/no/such/route")]
    public async Task An_unknown_or_internal_address_is_404(string method, string path)
    {
        using var client = await app.ClientAsync(Cancel);
        await AnswersAsync(client, new HttpMethod(method), path, null, HttpStatusCode.NotFound, detail: null);
    }

    /// <summary>Body, and the field the refusal must name.</summary>
    public static TheoryData<string, string> BadMetadata => new()
    {
        { """{"original_filename":"a.jpg","width":1,"height":1,"file_size":1,"file_type":"jpeg"}""", "user_id" },
        { """{"user_id":1,"width":1,"height":1,"file_size":1,"file_type":"jpeg"}""", "original_filename" },
        { """{"user_id":1,"original_filename":"a.jpg","height":1,"file_size":1,"file_type":"jpeg"}""", "width" },
        { """{"user_id":1,"original_filename":"a.jpg","width":1,"file_size":1,"file_type":"jpeg"}""", "height" },
        { """{"user_id":1,"original_filename":"a.jpg","width":1,"height":1,"file_type":"jpeg"}""", "file_size" },
        { """{"user_id":1,"original_filename":"a.jpg","width":1,"height":1,"file_size":1}""", "file_type" },
        { """{"user_id":"x","original_filename":"a.jpg","width":1,"height":1,"file_size":1,"file_type":"jpeg"}""", "user_id" },
        { """{"user_id":1,"original_filename":7,"width":1,"height":1,"file_size":1,"file_type":"jpeg"}""", "original_filename" },
        { """{"user_id":1,"original_filename":"a.jpg","width":-1,"height":1,"file_size":1,"file_type":"jpeg"}""", "width" },
        { """{"user_id":1,"original_filename":"a.jpg","width":1.5,"height":1,"file_size":1,"file_type":"jpeg"}""", "width" },
        { """{"user_id":1,"original_filename":"a.jpg","width":1,"height":null,"file_size":1,"file_type":"jpeg"}""", "height" },
        { """{"user_id":1,"original_filename":"a.jpg","width":1,"height":1,"file_size":1e30,"file_type":"jpeg"}""", "file_size" },
        { """{"user_id":1,"original_filename":"","width":1,"height":1,"file_size":1,"file_type":"jpeg"}""", "original_filename" },
        { """{"user_id":1,"original_filename":"a.jpg","width":1,"height":1,"file_size":1,"file_type":"pdf"}""", "file_type" },
        { """{"user_id":1,"original_filename":"a.jpg","width":1,"height":1,"file_size":1,"file_type":"jpeg","status":"analyzed"}""", "status" },
    };

    [Theory, MemberData(nameof(BadMetadata))]
    public async Task A_malformed_or_missing_field_is_422_and_named(string body, string field)
    {
        using var client = await app.ClientAsync(Cancel);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await client.Http.PostAsync("/images/", content, Cancel);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var problem = await ProblemAsync(response);
        Assert.Contains(field, problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    public async Task A_body_that_is_not_a_JSON_object_is_422(string body)
    {
        using var client = await app.ClientAsync(Cancel);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await client.Http.PostAsync("/images/", content, Cancel);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        await ProblemAsync(response);
    }

    [Fact]
    public async Task An_image_for_an_unknown_user_is_404_with_or_without_bytes()
    {
        using var client = await app.ClientAsync(Cancel);
        await AnswersAsync(client, HttpMethod.Post, "/images/", Metadata(9007199254740993), HttpStatusCode.NotFound, "User not found");

        using var upload = await client.PostFileAsync(9007199254740993, TestImages.Png(9, 9), "a.png", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, upload.StatusCode);
        Assert.Equal("User not found", (await ProblemAsync(upload)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_PDF_named_jpg_is_415()
    {
        using var client = await app.ClientAsync(Cancel);
        var user = await client.CreateUserAsync(Cancel);
        using var response = await client.PostFileAsync(user, "%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"u8.ToArray(), "holiday.jpg", Cancel);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        await ProblemAsync(response);
    }

    [Fact]
    public async Task A_file_above_the_limit_is_413_and_the_answer_names_the_limit()
    {
        using var client = await app.ClientAsync(Cancel);
        var user = await client.CreateUserAsync(Cancel);
        var tooLarge = new byte[100 * 1024 * 1024 + 1];
        TestImages.Jpeg(64, 64).CopyTo(tooLarge, 0);
        using var response = await client.PostFileAsync(user, tooLarge, "big.jpg", Cancel);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("104857600 bytes (100 MB)", (await ProblemAsync(response)).GetProperty("detail").GetString());
    }

    private static async Task AnswersAsync(
        ImagesClient client, HttpMethod method, string path, object? body, HttpStatusCode status, string? detail)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await client.Http.SendAsync(request, Cancel);

        Assert.Equal(status, response.StatusCode);
        var problem = await ProblemAsync(response);
        if (detail is not null)
        {
            Assert.Equal(detail, problem.GetProperty("detail").GetString());
        }
    }

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel));
        Assert.False(string.IsNullOrWhiteSpace(problem.GetProperty("detail").GetString()));
        Assert.Equal((int)response.StatusCode, problem.GetProperty("status").GetInt32());
        return problem;
    }
}
