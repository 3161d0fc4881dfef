using System.Net;
using System.Text.Json;
using BillionHearts.Tests.Api;
using BillionHearts.Tests.Api.Resumable;

namespace BillionHearts.Tests.Distributed;

/// <summary>Resumable uploads as applications make them: tus-js-client, through the gateway, over both replicas of the api.</summary>
public sealed class ResumableTests(AppHostFixture app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sha256", 1_000_000, false)]
    [InlineData("sha1", 5_000_000, true)]
    [InlineData(null, null, true)]
    public async Task A_photo_arrives_unchanged_whatever_the_size_of_its_chunks(string? checksum, int? chunkSize, bool withCreation)
    {
        using var client = await app.ClientAsync(Cancel);
        using var photo = new PhotoFile();
        var user = await client.CreateUserAsync(Cancel);
        await using var tus = TusJsClient.Start(Task(client, user, photo, new { checksum, chunkSize, withCreation }));

        var done = await tus.UntilAsync("success", Cancel);

        await photo.AssertIsAsync(done.GetProperty("image").GetString(), client, user, Cancel);
    }

    [Fact]
    public async Task An_upload_resumes_after_its_application_was_closed()
    {
        using var client = await app.ClientAsync(Cancel);
        using var photo = new PhotoFile();
        var user = await client.CreateUserAsync(Cancel);
        string url;

        await using (var first = TusJsClient.Start(Task(client, user, photo, new { storage = photo.Notes, chunkSize = 1_500_000, exitAt = 6_000_000 })))
        {
            url = (await first.UntilAsync("url", Cancel)).GetProperty("url").GetString()!;
            await first.UntilAsync(said => said.GetProperty("event").GetString() is "accepted" && said.GetProperty("bytes").GetInt64() >= 6_000_000, Cancel);
            await first.EndAsync(Cancel);
        }

        Assert.StartsWith(client.Http.BaseAddress!.ToString(), url, StringComparison.Ordinal);
        await using var second = TusJsClient.Start(Task(client, user, photo, new { storage = photo.Notes, chunkSize = 1_500_000 }));

        Assert.True((await second.UntilAsync("start", Cancel)).GetProperty("resumed").GetBoolean());
        Assert.Equal(url, (await second.UntilAsync("url", Cancel)).GetProperty("url").GetString());
        Assert.InRange((await second.UntilAsync("accepted", Cancel)).GetProperty("bytes").GetInt64(), 7_500_000, 9_000_000);
        await photo.AssertIsAsync((await second.UntilAsync("success", Cancel)).GetProperty("image").GetString(), client, user, Cancel);
    }

    [Fact]
    public async Task A_file_that_is_no_image_is_refused_while_it_is_sent()
    {
        using var client = await app.ClientAsync(Cancel);
        using var photo = new PhotoFile();
        await File.WriteAllBytesAsync(photo.FilePath, [.. "%PDF-1.7 "u8, .. photo.Bytes], Cancel);
        await using var tus = TusJsClient.Start(Task(client, await client.CreateUserAsync(Cancel), photo, new { chunkSize = 4_000_000 }));

        var refused = await tus.UntilAsync("error", Cancel);

        Assert.Equal(415, refused.GetProperty("status").GetInt32());
        Assert.Contains("a PDF document", refused.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Bytes_that_passed_the_gateway_before_a_disconnect_are_kept()
    {
        using var client = await app.ClientAsync(Cancel);
        using var photo = new PhotoFile();
        var (user, tus) = (await client.CreateUserAsync(Cancel), new TusClient(client.Http));
        var path = await tus.CreateAsync(user, PhotoFile.Length);

        using (var request = new RawRequest(client.Http.BaseAddress!))
        {
            await request.SendAsync(
                Cancel, $"PATCH {path} HTTP/1.1", "Tus-Resumable: 1.0.0", "Upload-Offset: 0", $"Content-Type: {TusClient.BodyType}", $"Content-Length: {PhotoFile.Length}");
            await request.SendAsync(photo.Bytes.AsMemory(0, 3_500_000), Cancel);
            // While the request goes on, and asked of either replica.
            await Eventually.ReadAsync(_ => tus.OffsetAsync(path), until: offset => offset >= 3 * 1024 * 1024, TimeSpan.FromSeconds(30), Cancel);
            request.Abort();
        }

        var rest = await Eventually.ReadAsync(
            async _ =>
            {
                var offset = await tus.OffsetAsync(path);
                return await tus.PatchAsync(path, offset, photo.Bytes[(int)offset..]);
            },
            until: answer => answer.StatusCode is HttpStatusCode.NoContent, TimeSpan.FromSeconds(30), Cancel);
        await photo.AssertIsAsync(TusClient.Header(rest, "Content-Location"), client, user, Cancel);
    }

    [Fact]
    public async Task The_gateway_lets_the_protocol_through_and_no_other_address_below_it()
    {
        using var client = await app.ClientAsync(Cancel);
        var tus = new TusClient(client.Http);

        using var options = await tus.SendAsync("OPTIONS", "/uploads/", null, ("Tus-Resumable", null));
        Assert.Equal((HttpStatusCode.NoContent, "1.0.0"), (options.StatusCode, TusClient.Header(options, "Tus-Version")));
        using var beyond = await tus.PatchAsync($"/uploads/{new string('0', 32)}", 0, new byte[105 * 1024 * 1024]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, beyond.StatusCode);
        using var unknown = await tus.HeadAsync($"/uploads/{new string('0', 32)}");
        Assert.Equal((HttpStatusCode.NotFound, "1.0.0"), (unknown.StatusCode, TusClient.Header(unknown, "Tus-Resumable")));
        using var elsewhere = await tus.HeadAsync("/uploads/parts/1");
        Assert.Equal((HttpStatusCode.NotFound, null), (elsewhere.StatusCode, TusClient.Header(elsewhere, "Tus-Resumable")));
    }

    /// <summary>What the script is to do: the upload of the photo, with the members of <paramref name="how"/>.</summary>
    internal static Dictionary<string, object?> Task(ImagesClient client, long user, PhotoFile photo, object how)
    {
        var task = JsonSerializer.SerializeToElement(how).EnumerateObject().ToDictionary(member => member.Name, object? (member) => member.Value);
        task["endpoint"] = new Uri(client.Http.BaseAddress!, "/uploads").ToString();
        task["file"] = photo.FilePath;
        task["metadata"] = new { user_id = user, filename = "photo.jpg", filetype = "image/jpeg" };
        return task;
    }
}
