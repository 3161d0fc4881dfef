using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using BillionHearts.Analysis;
using BillionHearts.Api.Images;
using BillionHearts.Contracts;
using BillionHearts.Tests.Analysis;

namespace BillionHearts.Tests.Api;

public sealed class UploadTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string User = "Content-Disposition: form-data; name=\"user_id\"";
    private const string File = "Content-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"";
    private const string FileName = "Content-Disposition: form-data; name=\"original_filename\"";
    private const string ContentType = "multipart/form-data; boundary=B";

    private static readonly byte[] s_jpeg = TestImages.Jpeg(64, 48);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Theory]
    [InlineData(1)]
    [InlineData(300_000)]
    [InlineData(1024 * 1024)]
    [InlineData(3_500_001)]
    public async Task A_download_returns_the_uploaded_bytes(int padding)
    {
        byte[] file = [.. s_jpeg, .. RandomNumberGenerator.GetBytes(padding)];
        var user = await Host.CreateUserAsync(Cancel);

        var image = await Host.UploadAsync(user, file, Cancel);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), image.GetProperty("sha256").GetString());
        Assert.Equal((64, 48, (long)file.Length), (image.GetProperty("width").GetInt32(), image.GetProperty("height").GetInt32(), image.GetProperty("file_size").GetInt64()));
        Assert.Equal(file, await Host.Http.GetByteArrayAsync($"/images/{image.GetProperty("id")}/download", Cancel));
    }

    [Fact]
    public async Task The_parts_of_an_upload_form_may_come_in_any_order()
    {
        var user = await Host.CreateUserAsync(Cancel);
        using var response = await Host.PostRawAsync(ContentType, Form((File, s_jpeg), (FileName, "chosen.jpg"u8.ToArray()), (User, Id(user))), Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("chosen.jpg", (await ApiHost.JsonAsync(response, Cancel)).GetProperty("original_filename").GetString());
    }

    public static TheoryData<string, int, string, byte[]> BadForms => new()
    {
        { "no boundary", 400, "multipart/form-data", Form((User, Id(1))) },
        { "endless boundary", 400, $"multipart/form-data; boundary={new string('b', 200)}", Form((User, Id(1))) },
        { "no body", 400, ContentType, [] },
        { "no form", 400, ContentType, "hello"u8.ToArray() },
        { "no last boundary", 400, ContentType, Form((File, s_jpeg), (User, Id(1)))[..^5] },
        { "cut in the file", 400, ContentType, Form((User, Id(1)), (File, s_jpeg))[..^300] },
        { "part without a name", 400, ContentType, Form(("X-Other: 1", Id(1))) },
        { "part with endless headers", 400, ContentType, Form(($"X-Other: {new string('x', 100_000)}", Id(1))) },
        { "no parts", 422, ContentType, Form() },
        { "no file", 422, ContentType, Form((User, Id(1))) },
        { "no user", 422, ContentType, Form((File, s_jpeg)) },
        { "two files", 422, ContentType, Form((File, s_jpeg), (File, s_jpeg), (User, Id(1))) },
        { "a thousand parts", 422, ContentType, Form([.. Enumerable.Range(0, 1000).Select(n => ($"Content-Disposition: form-data; name=\"p{n}\"", Id(n)))]) },
        { "field of another object", 422, ContentType, Form(("Content-Disposition: form-data; name=\"status\"", "analyzed"u8.ToArray()), (File, s_jpeg)) },
        { "user with a NUL after the number", 422, ContentType, Form((File, s_jpeg), (User, "1\0"u8.ToArray())) },
        { "user with a sign", 422, ContentType, Form((User, "+1"u8.ToArray()), (File, s_jpeg)) },
        { "user that is no number", 422, ContentType, Form((File, s_jpeg), (User, "x"u8.ToArray())) },
        { "name with a line break", 422, ContentType, Form((FileName, "a\r\nb"u8.ToArray()), (User, Id(1)), (File, s_jpeg)) },
        { "name that is no UTF-8", 422, ContentType, Form((FileName, [0xFF, 0xFE]), (User, Id(1)), (File, s_jpeg)) },
        { "empty file", 422, ContentType, Form((User, Id(1)), (File, [])) },
        { "header cut short", 422, ContentType, Form((User, Id(1)), (File, s_jpeg[..20])) },
        { "header beyond the limit", 422, ContentType, Form((User, Id(1)), (File, [.. s_jpeg[..2], .. Enumerable.Repeat<byte[]>([0xFF, 0xE1, 0xFF, 0xFF, .. new byte[0xFFFD]], 17).SelectMany(segment => segment), .. s_jpeg[2..]])) },
        { "PDF", 415, ContentType, Form((User, Id(1)), (File, "%PDF-1.7"u8.ToArray())) },
        { "other content type", 415, "text/plain", s_jpeg },
        { "a byte too many", 413, ContentType, Form((User, Id(1)), (File, [.. s_jpeg, .. new byte[ApiFixture.MaxBytes + 1 - s_jpeg.Length]])) },
        { "a body too large", 413, ContentType, Form((User, Id(1)), (File, [.. s_jpeg, .. new byte[ApiFixture.MaxBytes + (1024 * 1024)]])) },
        { "unknown user after the file", 404, ContentType, Form((File, s_jpeg), (User, Id(long.MaxValue))) },
        { "unknown user before the file", 404, ContentType, Form((User, Id(long.MaxValue)), (File, s_jpeg)) },
    };

    [Theory, MemberData(nameof(BadForms))]
    public async Task A_bad_upload_is_refused_with_a_problem_and_leaves_nothing(string what, int status, string contentType, byte[] body)
    {
        await Host.Database.ExecuteAsync("INSERT INTO users (id, username) VALUES (1, 'one') ON CONFLICT DO NOTHING", Cancel);
        var (images, blobs) = await CountAsync();

        using var response = await Host.PostRawAsync(contentType, body, Cancel);

        Assert.True(status == (int)response.StatusCode, $"{what}: {await response.Content.ReadAsStringAsync(Cancel)}");
        var problem = await ApiHost.JsonAsync(response, Cancel);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("https://billionhearts.dev/problems/", problem.GetProperty("type").GetString());
        Assert.Matches("^[0-9a-f]{32}$", problem.GetProperty("traceId").GetString());
        Assert.Equal((images, blobs), await CountAsync());
    }

    [Fact]
    public async Task A_HEIC_is_measured_by_its_header_and_served_as_it_came()
    {
        var file = Samples.Read("plain.heic");
        var image = await Host.UploadAsync(await Host.CreateUserAsync(Cancel), file, Cancel);

        Assert.Equal(
            ("heic", 640, 481, (long)file.Length),
            (image.GetProperty("file_type").GetString(), image.GetProperty("width").GetInt32(), image.GetProperty("height").GetInt32(), image.GetProperty("file_size").GetInt64()));
        using var served = await Host.Http.GetAsync(image.GetProperty("url").GetString(), Cancel);
        Assert.Equal("image/heic", served.Content.Headers.ContentType?.MediaType);
        Assert.Equal(file, await served.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public void Analysis_accepts_what_an_upload_may_be()
    {
        var (upload, analysis) = (new UploadOptions(), new AnalysisOptions());

        Assert.Equal((104_857_600, 200_000_000, 65_000), (upload.MaxBytes, upload.MaxPixels, upload.MaxSide));
        Assert.Equal((upload.MaxBytes, upload.MaxPixels, upload.MaxSide), (analysis.MaxFileBytes, analysis.MaxPixels, analysis.MaxSide));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(9_000)]
    [InlineData(1_500_000)]
    public async Task A_client_that_goes_away_in_the_middle_leaves_nothing(int sent)
    {
        var user = await Host.CreateUserAsync(Cancel);
        var (images, blobs) = await CountAsync();
        var body = Form((User, Id(user)), (File, [.. s_jpeg, .. new byte[3_000_000]]));
        var address = Host.Http.BaseAddress!;

        using (var client = new TcpClient())
        {
            await client.ConnectAsync(address.Host, address.Port, Cancel);
            var head = $"POST /images/ HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: {ContentType}\r\nContent-Length: {body.Length}\r\n\r\n";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Cancel);
            await client.GetStream().WriteAsync(body.AsMemory(0, sent), Cancel);
            client.LingerState = new LingerOption(true, 0);
        }

        // A later upload that is stored shows that the aborted one has been dealt with.
        await Host.UploadAsync(user, s_jpeg, Cancel);
        await Eventually.ReadAsync(_ => CountAsync(), until: now => now == (images + 1, blobs + 1), TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task An_upload_and_its_outbox_message_are_one_commit()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var image = await Host.UploadAsync(user, s_jpeg, Cancel);

        var message = await Eventually.ReadAsync(
            cancel => Host.Broker.TakeAsync(ImagesExchange.Queues.AnalysisFresh, cancel),
            until: taken => taken is not null && Read(taken.Body).UserId == user, TimeSpan.FromSeconds(30), Cancel);

        var request = Read(message!.Body);
        Assert.Equal(image.GetProperty("id").GetInt64(), request.ImageId);
        Assert.Equal((1, 1, "fresh"), (request.Version, request.Attempt, request.Lane));
        Assert.Equal(image.GetProperty("sha256").GetString(), request.Sha256);
        Assert.EndsWith(image.GetProperty("storage_path").GetString()!, request.StorageUrl.AbsolutePath);
        Assert.Equal(message.BasicProperties.MessageId, request.MessageId.ToString("D"));
        Assert.True(message.BasicProperties.Persistent);

        static AnalysisRequest Read(ReadOnlyMemory<byte> body) => System.Text.Json.JsonSerializer.Deserialize<AnalysisRequest>(body.Span)!;
    }

    private static byte[] Id(long id) => Encoding.ASCII.GetBytes($"{id}");

    private static byte[] Form(params (string Headers, byte[] Body)[] parts)
    {
        var form = new MemoryStream();

        foreach (var (headers, body) in parts)
        {
            form.Write(Encoding.UTF8.GetBytes($"--B\r\n{headers}\r\n\r\n"));
            form.Write(body);
            form.Write("\r\n"u8);
        }

        form.Write("--B--\r\n"u8);
        return form.ToArray();
    }

    private async Task<(long Images, int Blobs)> CountAsync() =>
        (await Host.Database.ScalarAsync<long>("SELECT count(*) FROM images", Cancel), await Host.CountBlobsAsync(Cancel));
}
