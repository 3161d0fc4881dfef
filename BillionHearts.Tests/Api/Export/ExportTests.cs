using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BillionHearts.Api.Accounts.Users;
using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Api.Platform.Data;

namespace BillionHearts.Tests.Api.Export;

/// <summary>A user's images in one file, which is either complete or visibly broken.</summary>
public sealed class ExportTests(ExportFixture fixture) : IClassFixture<ExportFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task An_export_contains_every_image_as_uploaded_and_a_manifest()
    {
        var user = await Host.CreateUserAsync(Cancel);
        // Five pages; the last one is full, so a sixth is requested and is empty.
        byte[][] files =
        [
            .. Enumerable.Range(0, 6).Select(n => ExportFixture.Photo(100_000 + (n * 40_000))), TestImages.Png(20, 10), TestImages.Webp(20, 10), TestImages.Gif(20, 10),
            TestImages.Avif(20, 10),
        ];
        var images = new Dictionary<long, (byte[] Bytes, JsonElement Image)>();

        foreach (var file in files)
        {
            var image = await Host.UploadAsync(user, file, Cancel);
            images[image.GetProperty("id").GetInt64()] = (file, image);
        }

        using var response = await Host.Http.GetAsync($"/users/{user}/images/export", HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal("application/zip", $"{response.Content.Headers.ContentType}");
        Assert.Equal($"attachment; filename=\"images-{user}.zip\"", $"{response.Content.Headers.ContentDisposition}");
        Assert.Equal((true, true), (response.Headers.CacheControl?.NoStore, response.Headers.CacheControl?.Private));

        using var zip = await ExportFixture.ReadAsync(response, Cancel);
        var manifest = await ExportFixture.ManifestAsync(zip, Cancel);
        var listed = manifest.GetProperty("images").EnumerateArray().ToList();
        Assert.Equal(images.Count + 1, zip.Entries.Count);
        Assert.Equal(images.Keys.OrderDescending(), listed.Select(image => image.GetProperty("id").GetInt64()));
        Assert.Equal(0, manifest.GetProperty("errors").GetArrayLength());

        foreach (var entry in listed)
        {
            var (bytes, image) = images[entry.GetProperty("id").GetInt64()];
            var stored = zip.GetEntry(entry.GetProperty("file").GetString()!)!;
            Assert.Equal(bytes, await ExportFixture.BytesAsync(stored, Cancel));
            Assert.Equal(stored.Length, stored.CompressedLength);
            Assert.EndsWith(image.GetProperty("file_type").GetString()!.Replace("jpeg", ".jpg", StringComparison.Ordinal), stored.FullName);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), entry.GetProperty("sha256").GetString());
            Assert.All(
                entry.EnumerateObject().Where(property => property.Name is not ("file" or "captured_at")),
                property => Assert.Equal($"{image.GetProperty(property.Name)}", $"{property.Value}"));
        }
    }

    [Theory]
    [InlineData("photo", 5)]
    [InlineData("phot", 5)]
    [InlineData("other", 0)]
    public async Task An_export_of_a_search_has_each_match_once(string search, int matches)
    {
        var user = await Host.CreateUserAsync(Cancel);

        for (var i = 0; i < 5; i++)
        {
            await Host.UploadAsync(user, TestImages.Png(20 + i, 10), Cancel);
        }

        using var response = await Host.Http.GetAsync($"/users/{user}/images/export?q={search}", Cancel);
        Assert.Equal(matches is 0 ? HttpStatusCode.NotFound : HttpStatusCode.OK, response.StatusCode);

        if (matches > 0)
        {
            using var zip = await ExportFixture.ReadAsync(response, Cancel);
            Assert.Equal(matches + 1, zip.Entries.Select(entry => entry.FullName).Distinct().Count());
        }
    }

    [Fact]
    public async Task The_manifest_has_capture_times_and_names_images_without_bytes()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var photo = (await Host.UploadAsync(user, ExportFixture.Photo(), Cancel)).GetProperty("id").GetInt64();
        var answer = TestResults.Analyzed(await TestResults.PendingAsync(Host, photo, Cancel));
        await Host.CallAsync<ResultStore, ResultEffect>(store => store.StoreAsync(
            answer with { Analysis = answer.Analysis! with { Photo = new() { CapturedAt = new DateTimeOffset(2026, 5, 1, 9, 0, 0, TimeSpan.FromHours(2)) } } }, Cancel));
        using var announced = await Host.PostRawAsync(
            "application/json",
            Encoding.UTF8.GetBytes($$"""{"user_id":{{user}},"original_filename":"later.jpg","width":1,"height":1,"file_size":1,"file_type":"jpeg"}"""),
            Cancel);

        using var zip = await ExportAsync(user);
        var images = (await ExportFixture.ManifestAsync(zip, Cancel)).GetProperty("images");

        Assert.Equal(2, zip.Entries.Count);
        Assert.Equal(
            [("later.jpg", null, "awaiting_content", null), ("photo", $"{photo}-photo.jpg", "analyzed", "2026-05-01T07:00:00Z")],
            images.EnumerateArray().Select(image => (
                image.GetProperty("original_filename").GetString(), image.GetProperty("file").GetString(), image.GetProperty("status").GetString(),
                image.GetProperty("captured_at").GetString())));
    }

    [Fact]
    public async Task Hostile_names_make_no_hostile_files()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var ids = new List<long>();

        foreach (var name in new[] { "../../../etc/cron.d/x", @"..\\..\\autoexec.bat", "/etc/passwd", "NUL", ".bashrc", new string('ü', 255) })
        {
            var id = (await Host.UploadAsync(user, TestImages.Png(9, 9), Cancel)).GetProperty("id").GetInt64();
            using var renamed = await Host.Http.PutAsync(
                $"/images/{id}", new StringContent($$"""{"original_filename":{{JsonSerializer.Serialize(name)}}}""", Encoding.UTF8, "application/json"), Cancel);
            Assert.True(renamed.IsSuccessStatusCode);
            ids.Add(id);
        }

        using var zip = await ExportAsync(user);
        var names = zip.Entries.SkipLast(1).Select(entry => entry.FullName).Order().ToList();

        Assert.Equal(ids.Count, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches(@"^\d+-[^/\\:.][^/\\:]*\.png$", name));
        Assert.All(names, name => Assert.True(Encoding.UTF8.GetByteCount(name) <= 150));
    }

    [Fact]
    public async Task An_export_may_be_filtered_like_the_list()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var png = (await Host.UploadAsync(user, TestImages.Png(30, 20), Cancel)).GetProperty("id").GetInt64();
        var jpeg = (await Host.UploadAsync(user, TestImages.Jpeg(30, 21), Cancel)).GetProperty("id").GetInt64();
        await Host.Database.ExecuteAsync($"UPDATE images SET camera = 'Leica M3', captured_at = '2001-02-03Z' WHERE id = {png}", Cancel);

        Assert.Equal([jpeg], await ExportedAsync("file_type=jpeg"));
        Assert.Equal([jpeg], await ExportedAsync("min_height=21"));
        Assert.Equal([png], await ExportedAsync("camera=Leica%20M3&captured_from=2001-02-03&captured_to=2001-02-04"));
        Assert.Equal([jpeg, png], await ExportedAsync("uploaded_from=2001-01-01&status=pending&unknown=1&limit=1&cursor=x"));

        async Task<IEnumerable<long>> ExportedAsync(string query)
        {
            using var zip = await ExportAsync(user, query);
            return (await ExportFixture.ManifestAsync(zip, Cancel)).GetProperty("images").EnumerateArray().Select(image => image.GetProperty("id").GetInt64()).ToList();
        }
    }

    [Fact]
    public async Task An_export_is_refused_for_the_same_parameters_as_the_list()
    {
        var user = await Host.CreateUserAsync(Cancel);
        await Host.UploadAsync(user, TestImages.Png(9, 9), Cancel);

        Assert.Equal((404, "No images found for this user"), await RefusalAsync($"/users/{await Host.CreateUserAsync(Cancel)}/images/export"));
        Assert.Equal((404, "No images found for this user"), await RefusalAsync($"/users/{user}/images/export?file_type=gif"));
        Assert.Equal((404, "User not found"), await RefusalAsync($"/users/{user + 1_000_000}/images/export"));
        var (status, detail) = await RefusalAsync($"/users/{user}/images/export?captured_from=soon");
        Assert.Equal(422, status);
        Assert.StartsWith("captured_from must be a date", detail);
    }

    [Fact]
    public async Task Lost_or_damaged_bytes_are_named_in_the_export_and_raise_the_alarm()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var small = await Host.UploadAsync(user, TestImages.Png(30, 20), Cancel);
        var large = await Host.UploadAsync(user, ExportFixture.Photo(), Cancel);
        var lost = await Host.UploadAsync(user, ExportFixture.Photo(), Cancel);
        var good = await Host.UploadAsync(user, ExportFixture.Photo(), Cancel);
        await SpoilAsync(small);
        await SpoilAsync(large);
        await Host.Container.DeleteBlobAsync(lost.GetProperty("storage_path").GetString()!, cancellationToken: Cancel);
        using var metrics = new RecordedMetrics();

        using var zip = await ExportAsync(user);
        var manifest = await ExportFixture.ManifestAsync(zip, Cancel);

        Assert.Equal(
            [(Id(lost), null, "missing"), (Id(large), $"{Id(large)}-photo.jpg", "corrupt"), (Id(small), (string?)null, "corrupt")],
            manifest.GetProperty("errors").EnumerateArray().Select(error => (
                error.GetProperty("id").GetInt64(), error.GetProperty("file").GetString(), error.GetProperty("reason").GetString()!)));
        Assert.Equal([$"{Id(good)}-photo.jpg", $"{Id(large)}-photo.jpg", "manifest.json"], zip.Entries.Select(entry => entry.FullName));
        Assert.Equal(4, manifest.GetProperty("images").GetArrayLength());
        Assert.Equal(2, metrics.Sum("billionhearts.integrity.faults", "found_by=export", "fault=checksum"));
        Assert.Equal(1, metrics.Sum("billionhearts.integrity.faults", "found_by=export", "fault=missing"));
    }

    [Fact]
    public async Task An_image_that_is_deleted_while_the_export_goes_on_is_left_out_and_named()
    {
        var user = await Host.CreateUserAsync(Cancel);
        var deleted = Id(await Host.UploadAsync(user, ExportFixture.Photo(), Cancel));
        var large = Id(await Host.UploadAsync(user, ExportFixture.Unsendable(), Cancel));

        using var response = await Host.Http.GetAsync($"/users/{user}/images/export", HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var gone = await Host.Http.DeleteAsync($"/images/{deleted}", Cancel);
        using var zip = await ExportFixture.ReadAsync(response, Cancel);
        var manifest = await ExportFixture.ManifestAsync(zip, Cancel);

        Assert.Equal([$"{large}-photo.jpg", "manifest.json"], zip.Entries.Select(entry => entry.FullName));
        var error = Assert.Single(manifest.GetProperty("errors").EnumerateArray());
        Assert.Equal((deleted, "deleted"), (error.GetProperty("id").GetInt64(), error.GetProperty("reason").GetString()));
    }

    private static long Id(JsonElement image) => image.GetProperty("id").GetInt64();

    private async Task<System.IO.Compression.ZipArchive> ExportAsync(long user, string query = "")
    {
        using var response = await Host.Http.GetAsync($"/users/{user}/images/export?{query}", Cancel);
        return await ExportFixture.ReadAsync(response, Cancel);
    }

    /// <summary>Changes the last byte of what is stored.</summary>
    private async Task SpoilAsync(JsonElement image)
    {
        var blob = Host.Container.GetBlobClient(image.GetProperty("storage_path").GetString());
        var bytes = (await blob.DownloadContentAsync(Cancel)).Value.Content.ToArray();
        bytes[^1] ^= 1;
        await blob.UploadAsync(new BinaryData(bytes), overwrite: true, Cancel);
    }

    private async Task<(int Status, string Detail)> RefusalAsync(string address)
    {
        using var response = await Host.Http.GetAsync(address, Cancel);
        return ((int)response.StatusCode, (await ApiHost.JsonAsync(response, Cancel)).GetProperty("detail").GetString()!);
    }
}
