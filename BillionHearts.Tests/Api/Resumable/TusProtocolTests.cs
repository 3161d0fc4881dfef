using System.Net;

namespace BillionHearts.Tests.Api.Resumable;

/// <summary>The core of the protocol and its creation extension, requirement by requirement (https://tus.io/protocols/resumable-upload).</summary>
public sealed class TusProtocolTests(ResumableFixture fixture) : IClassFixture<ResumableFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    private TusClient Tus => fixture.Tus;

    [Theory]
    [InlineData("/uploads")]
    [InlineData("/uploads/")]
    [InlineData("/uploads/0123456789abcdef0123456789abcdef")]
    public async Task OPTIONS_lists_the_supported_extensions_and_needs_no_version(string path)
    {
        using var response = await Tus.SendAsync("OPTIONS", path, null, ("Tus-Resumable", null));

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(
            ("1.0.0", "1.0.0", "creation,creation-with-upload,checksum,expiration,termination", "104857600", "sha256,sha1,md5"),
            (TusClient.Header(response, "Tus-Resumable"), TusClient.Header(response, "Tus-Version"), TusClient.Header(response, "Tus-Extension"),
                TusClient.Header(response, "Tus-Max-Size"), TusClient.Header(response, "Tus-Checksum-Algorithm")));
    }

    [Theory]
    [InlineData("POST", "/uploads", null)]
    [InlineData("POST", "/uploads", "0.2.2")]
    [InlineData("HEAD", "/uploads/0123456789abcdef0123456789abcdef", "1.0")]
    [InlineData("PATCH", "/uploads/0123456789abcdef0123456789abcdef", "2.0.0")]
    [InlineData("DELETE", "/uploads/0123456789abcdef0123456789abcdef", null)]
    public async Task A_request_of_another_protocol_version_is_refused(string method, string path, string? version)
    {
        var user = await Host.CreateUserAsync(Cancel);
        using var response = await Tus.SendAsync(
            method, path, null, ("Tus-Resumable", version), ("Upload-Length", "10"), ("Upload-Metadata", TusClient.Metadata(user)));

        Assert.Equal(HttpStatusCode.PreconditionFailed, response.StatusCode);
        Assert.Equal(("1.0.0", "1.0.0"), (TusClient.Header(response, "Tus-Version"), TusClient.Header(response, "Tus-Resumable")));
        Assert.Equal(0, await Host.Database.ScalarAsync<long>($"SELECT count(*) FROM resumable_uploads WHERE user_id = {user}", Cancel));
    }

    [Theory]
    [InlineData("HEAD", "/uploads/0123456789abcdef0123456789abcdef", 404)]
    [InlineData("DELETE", "/uploads/0123456789abcdef0123456789abcdef", 404)]
    [InlineData("PATCH", "/uploads/0123456789abcdef0123456789abcdef", 404)]
    [InlineData("HEAD", "/uploads/no-such-upload", 404)]
    [InlineData("GET", "/uploads/0123456789abcdef0123456789abcdef", 405)]
    [InlineData("PUT", "/uploads", 405)]
    public async Task Refusals_bear_the_version_too_and_no_offset(string method, string path, int status)
    {
        using var response = await Tus.SendAsync(method, path, method is "PATCH" ? [1] : null, ("Upload-Offset", "0"));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(("1.0.0", null), (TusClient.Header(response, "Tus-Resumable"), TusClient.Header(response, "Upload-Offset")));
    }

    [Fact]
    public async Task A_new_upload_has_offset_zero_and_an_expiry_time()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var metadata = $"{TusClient.Metadata(user)},is_confidential,filetype {TusClient.Base64("image/jpeg")}";
        using var created = await Tus.PostAsync(user, 5000, null, ("Upload-Metadata", metadata));

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Matches("^/uploads/[0-9a-f]{32}$", created.Headers.Location!.OriginalString);
        Assert.Equal("0", TusClient.Header(created, "Upload-Offset"));
        var expires = DateTimeOffset.ParseExact(TusClient.Header(created, "Upload-Expires")!, "r", null);
        Assert.InRange(expires, TimeProvider.System.GetUtcNow().AddHours(23), TimeProvider.System.GetUtcNow().AddHours(24));

        using var head = await Tus.HeadAsync(created.Headers.Location.OriginalString);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(
            ("0", "5000", metadata, "no-store"),
            (TusClient.Header(head, "Upload-Offset"), TusClient.Header(head, "Upload-Length"), TusClient.Header(head, "Upload-Metadata"),
                TusClient.Header(head, "Cache-Control")));
    }

    public static TheoryData<string, int, string, string, (string Name, string? Value)[]> BadCreations => new()
    {
        { "no length", 400, "tus-header", "missing", [("Upload-Length", null)] },
        { "negative length", 400, "tus-header", "-1", [("Upload-Length", "-1")] },
        { "length that is no number", 400, "tus-header", "many", [("Upload-Length", "many")] },
        { "length of 64 bits and more", 400, "tus-header", "9223372036854775808", [("Upload-Length", "9223372036854775808")] },
        { "no bytes", 422, "empty-file", "empty", [("Upload-Length", "0")] },
        { "a byte too many", 413, "image-too-large", "has 104857601 bytes. The limit is 104857600", [("Upload-Length", "104857601")] },
        { "length to follow", 400, "upload-length-required", "Upload-Defer-Length", [("Upload-Length", null), ("Upload-Defer-Length", "1")] },
        { "part of a concatenation", 400, "upload-concat-unsupported", "Upload-Concat", [("Upload-Concat", "partial")] },
        { "no metadata", 422, "invalid-fields", "user_id is required", [("Upload-Metadata", null)] },
        { "no user", 422, "invalid-fields", "user_id is required", [("Upload-Metadata", "filename YQ==")] },
        { "user that is no number", 422, "invalid-fields", "not 'a'", [("Upload-Metadata", "user_id YQ==")] },
        { "unknown user", 404, "user-not-found", "User not found", [("Upload-Metadata", TusClient.Metadata(long.MaxValue))] },
        { "value that is not base64", 400, "tus-header", "'user_id'", [("Upload-Metadata", "user_id ???")] },
        { "value that is no text", 400, "tus-header", "'filename'", [("Upload-Metadata", "filename /w==")] },
        { "key twice", 400, "tus-header", "more than once", [("Upload-Metadata", "a YQ==,a YQ==")] },
        { "pair without a key", 400, "tus-header", "pairs", [("Upload-Metadata", "user_id MQ==,")] },
        { "metadata without end", 400, "tus-header", "at most 4096", [("Upload-Metadata", $"user_id MQ==,note {new string('A', 4096)}")] },
        { "file of another type", 415, "unsupported-image", "'application/pdf'", [("Upload-Metadata", $"user_id MQ==,filetype {TusClient.Base64("application/pdf")}")] },
        { "key that is too long", 400, "idempotency-key-invalid", "256 characters", [("Idempotency-Key", new string('k', 256))] },
    };

    [Theory, MemberData(nameof(BadCreations))]
    public async Task A_creation_that_cannot_succeed_is_refused_at_once(string what, int status, string problem, string detail, (string Name, string? Value)[] headers)
    {
        await Host.Database.ExecuteAsync("INSERT INTO users (id, username) VALUES (1, 'one') ON CONFLICT DO NOTHING", Cancel);
        var before = await CountAsync();

        using var response = await Tus.PostAsync(1, 5000, null, headers);

        Assert.True(detail.Length > 0 && (await TusClient.AssertProblemAsync(response, status, problem)).Contains(detail, StringComparison.Ordinal), what);
        Assert.Equal(before, await CountAsync());
    }

    [Fact]
    public async Task A_user_has_a_limited_number_of_unfinished_uploads()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var first = await Tus.CreateAsync(user, 5000);

        for (var i = 1; i < ResumableFixture.MaxUnfinished; i++)
        {
            await Tus.CreateAsync(user, 5000);
        }

        using (var refused = await Tus.PostAsync(user, 5000))
        {
            Assert.Contains("has 30 unfinished uploads; the limit is 30", await TusClient.AssertProblemAsync(refused, 429, "too-many-uploads"));
        }

        using var terminated = await Tus.SendAsync("DELETE", first, null);
        Assert.Equal(HttpStatusCode.NoContent, terminated.StatusCode);
        await Tus.CreateAsync(user, 5000);
    }

    [Fact]
    public async Task A_method_override_header_is_ignored()
    {
        var path = await Tus.CreateAsync(await Host.CreateUserAsync(Cancel), 5000);
        using var response = await Tus.SendAsync("POST", path, [1, 2], ("X-HTTP-Method-Override", "PATCH"), ("Upload-Offset", "0"));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(0, await Tus.OffsetAsync(path));
    }

    [Fact]
    public async Task An_upload_in_pieces_becomes_the_image()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var photo = ResumableFixture.Photo(300_000);
        var path = await Tus.CreateAsync(user, photo.Length);

        Assert.Equal(1, await Tus.AppendAsync(path, 0, photo[..1]));
        Assert.Equal(200_000, await Tus.AppendAsync(path, 1, photo[1..200_000]));
        Assert.Equal(200_000, await Tus.OffsetAsync(path));
        Assert.Equal(200_000, await Tus.AppendAsync(path, 200_000, []));

        using (var last = await Tus.PatchAsync(path, 200_000, photo[200_000..]))
        {
            Assert.Equal((HttpStatusCode.NoContent, "300000"), (last.StatusCode, TusClient.Header(last, "Upload-Offset")));
            Assert.Matches("^/images/[0-9]+$", TusClient.Header(last, "Content-Location")!);
        }

        var image = await Tus.ImageAsync(path);
        Assert.Equal(
            (user, "photo.jpg", 300_000L, 64, "pending"),
            (image.GetProperty("user_id").GetInt64(), image.GetProperty("original_filename").GetString(), image.GetProperty("file_size").GetInt64(),
                image.GetProperty("width").GetInt32(), image.GetProperty("status").GetString()));
        Assert.Equal(photo, await Host.Http.GetByteArrayAsync($"/images/{image.GetProperty("id")}/download", Cancel));
        Assert.Equal(
            (1L, 300_000L),
            (await Host.Database.ScalarAsync<long>($"SELECT image_count FROM users WHERE id = {user}", Cancel),
                await Host.Database.ScalarAsync<long>($"SELECT stored_bytes FROM users WHERE id = {user}", Cancel)));
        Assert.Equal(0, await Host.Database.ScalarAsync<long>($"SELECT count(*) FROM resumable_upload_parts WHERE upload_id = '{path[9..]}'", Cancel));
    }

    [Fact]
    public async Task A_finished_upload_reports_its_length_and_accepts_no_more_bytes()
    {
        var photo = ResumableFixture.Photo(5000);
        var path = await Tus.CreateAsync(await Host.CreateUserAsync(Cancel), photo.Length);
        await Tus.AppendAsync(path, 0, photo);

        using (var head = await Tus.HeadAsync(path))
        {
            Assert.Equal(("5000", "5000", null), (TusClient.Header(head, "Upload-Offset"), TusClient.Header(head, "Upload-Length"), TusClient.Header(head, "Upload-Expires")));
            Assert.NotNull(TusClient.Header(head, "Content-Location"));
        }

        Assert.Equal(5000, await Tus.AppendAsync(path, 5000, []));
        using var more = await Tus.PatchAsync(path, 5000, [1]);
        Assert.Contains("5000 bytes", await TusClient.AssertProblemAsync(more, 413, "upload-length-exceeded"));
        using var again = await Tus.PatchAsync(path, 0, photo);
        await TusClient.AssertProblemAsync(again, 409, "upload-offset-mismatch");
    }

    [Theory]
    [InlineData("no offset", 400, "tus-header", 100, "Upload-Offset", null)]
    [InlineData("no number", 400, "tus-header", 100, "Upload-Offset", "0x0")]
    [InlineData("an offset before it", 409, "upload-offset-mismatch", 100, "Upload-Offset", "99")]
    [InlineData("an offset after it", 409, "upload-offset-mismatch", 100, "Upload-Offset", "101")]
    [InlineData("another type", 415, "unsupported-content-type", 100, "Content-Type", "application/octet-stream")]
    [InlineData("no type", 415, "unsupported-content-type", 100, "Content-Type", null)]
    [InlineData("more than is missing", 413, "upload-length-exceeded", 4901, "Upload-Offset", "100")]
    public async Task Bytes_beyond_the_uploads_length_are_refused_and_change_nothing(string what, int status, string problem, int length, string header, string? value)
    {
        var photo = ResumableFixture.Photo(6000);
        var path = await Tus.CreateAsync(await Host.CreateUserAsync(Cancel), 5000);
        await Tus.AppendAsync(path, 0, photo[..100]);

        using var response = await Tus.PatchAsync(path, 100, photo[100..(100 + length)], (header, value));

        Assert.NotEmpty(what + await TusClient.AssertProblemAsync(response, status, problem));
        Assert.Equal(100, await Tus.OffsetAsync(path));
    }

    [Theory]
    [InlineData(5000, 0)]
    [InlineData(100_000, ResumableFixture.PieceBytes)]
    public async Task A_body_without_a_length_that_goes_beyond_the_upload_does_not_finish_it(int length, int kept)
    {
        var photo = ResumableFixture.Photo(length + 1);
        var path = await Tus.CreateAsync(await Host.CreateUserAsync(Cancel), length);

        using var response = await Tus.PatchAsync(path, 0, photo, ("Transfer-Encoding", "chunked"));

        await TusClient.AssertProblemAsync(response, 413, "upload-length-exceeded");
        Assert.Equal(kept, await Tus.OffsetAsync(path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(70_000)]
    [InlineData(100_000)]
    public async Task The_first_bytes_may_come_with_the_creation(int first)
    {
        var photo = ResumableFixture.Photo(100_000);
        using var created = await Tus.PostAsync(await Host.CreateUserAsync(Cancel), photo.Length, photo[..first]);

        Assert.Equal((HttpStatusCode.Created, $"{first}"), (created.StatusCode, TusClient.Header(created, "Upload-Offset")));
        Assert.Equal(first == photo.Length, TusClient.Header(created, "Content-Location") is not null);
        var path = created.Headers.Location!.OriginalString;

        if (first < photo.Length)
        {
            await Tus.AppendAsync(path, first, photo[first..]);
        }

        Assert.Equal(photo, await Host.Http.GetByteArrayAsync($"/images/{(await Tus.ImageAsync(path)).GetProperty("id")}/download", Cancel));
    }

    [Fact]
    public async Task A_creation_whose_bytes_are_of_another_type_creates_nothing()
    {
        var before = await CountAsync();
        using var response = await Tus.PostAsync(await Host.CreateUserAsync(Cancel), 5000, [1, 2], ("Content-Type", "image/jpeg"));

        await TusClient.AssertProblemAsync(response, 415, "unsupported-content-type");
        Assert.Equal(before, await CountAsync());
    }

    private Task<long> CountAsync() => Host.Database.ScalarAsync<long>("SELECT count(*) FROM resumable_uploads", Cancel);
}
