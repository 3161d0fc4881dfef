using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BillionHearts.Contracts;
using BillionHearts.Storage;
using BillionHearts.Tests.Storage;
using NetVips;

namespace BillionHearts.Tests.Analysis;

/// <summary>Renditions that are made on request.</summary>
public sealed class RenditionRequestTests(AnalysisFixture fixture) : IClassFixture<AnalysisFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AnalysisHost Host => fixture.Host;

    [Theory]
    [InlineData("jpeg", "64x64.webp", 64, 64)]
    [InlineData("png", "64x64-fit.jpeg", 64, 48)]
    [InlineData("webp", "100x50.avif", 100, 50)]
    [InlineData("gif", "2048x2048-fit.webp", 400, 300)]
    [InlineData("avif", "2048x1024.jpeg", 400, 200)]
    public async Task A_rendition_of_any_format_is_stored_beside_its_original(string type, string name, int width, int height)
    {
        var original = await StoreAsync(Photo(type));

        var made = await MadeAsync(new RenditionRequest { OriginalKey = original, Name = name });

        Assert.Equal((BlobKeys.RenditionFile(original, name), width, height), (made.BlobKey, made.Width, made.Height));
        Assert.Equal($"image/{name.Split('.')[1]}", made.ContentType);
        var bytes = await ReadAsync(made.BlobKey);
        Assert.Equal(made.Bytes, bytes.Length);
        using var rendition = Image.NewFromBuffer(bytes);
        Assert.Equal((width, height), (rendition.Width, rendition.Height));
    }

    [Fact]
    public async Task Transparent_pixels_become_white_in_a_format_without_transparency()
    {
        var made = await MadeAsync(new RenditionRequest { OriginalKey = await StoreAsync(TestImages.Png(400, 300, alpha: true)), Name = "320x320-fit.jpeg" });

        using var rendition = Image.NewFromBuffer(await ReadAsync(made.BlobKey));
        Assert.False(rendition.HasAlpha());
        Assert.All(rendition.Getpoint(318, 100), sample => Assert.InRange(sample, 235, 255));
    }

    [Fact]
    public async Task A_HEIC_becomes_what_browsers_show_and_its_cleaned_original_stays_HEIC()
    {
        var original = await StoreAsync(new HeicMaker { Turns = 1 }.Build());

        var small = await MadeAsync(new RenditionRequest { OriginalKey = original, Name = "64x128.webp" });
        var clean = await MadeAsync(new RenditionRequest { OriginalKey = original, Name = "clean" });

        Assert.Equal(("image/webp", 64, 128), (small.ContentType, small.Width, small.Height));
        Assert.Equal((BlobKeys.RenditionFile(original, "clean.heic"), "image/heic", 900, 1000), (clean.BlobKey, clean.ContentType, clean.Width, clean.Height));
    }

    [Fact]
    public async Task A_rotated_photo_gets_an_upright_rendition()
    {
        var made = await MadeAsync(new RenditionRequest { OriginalKey = await StoreAsync(TestImages.Jpeg(400, 300, orientation: 6)), Name = "128x128-fit.webp" });

        Assert.Equal((96, 128), (made.Width, made.Height));
    }

    [Fact]
    public async Task A_rendition_may_be_made_from_a_larger_one_of_the_same_original_only()
    {
        var (original, other) = (await StoreAsync(TestImages.Jpeg(400, 300)), await StoreAsync(TestImages.Jpeg(400, 300, seed: 2)));
        var larger = await MadeAsync(new RenditionRequest { OriginalKey = original, Name = "320x320-fit.webp" });

        var made = await MadeAsync(new RenditionRequest { OriginalKey = original, SourceKey = larger.BlobKey, Name = "64x64-fit.webp" });
        Assert.Equal((64, 48), (made.Width, made.Height));

        await RefusedAsync(new RenditionRequest { OriginalKey = other, SourceKey = larger.BlobKey, Name = "64x64-fit.webp" }, "missing");
        await RefusedAsync(new RenditionRequest { OriginalKey = larger.BlobKey, Name = "64x64-fit.webp" }, "missing");
    }

    [Theory]
    [InlineData("no image at all", "unsupported")]
    [InlineData("cut off", "truncated")]
    [InlineData("not there", "missing")]
    [InlineData("another than was uploaded", "checksum")]
    public async Task A_rendition_of_an_unusable_image_is_refused_permanently(string what, string reason)
    {
        var key = what switch
        {
            "no image at all" => await StoreAsync("hello"u8.ToArray()),
            "cut off" => await StoreAsync(TestImages.Truncated(TestImages.Jpeg(400, 300), 0.5)),
            "not there" => BlobKeys.NewOriginal(TimeProvider.System.GetUtcNow()),
            _ => await StoreAsync(TestImages.Jpeg(40, 30)),
        };

        await RefusedAsync(new RenditionRequest { OriginalKey = key, Name = "64x64.webp", Sha256 = reason is "checksum" ? new string('0', 64) : null }, reason);
    }

    [Theory]
    [InlineData("64x64.auto")]
    [InlineData("../thumb")]
    [InlineData("")]
    public async Task An_invalid_rendition_name_is_refused(string name)
    {
        using var response = await Host.Http.PostAsJsonAsync(
            RenditionRequest.Path, new RenditionRequest { OriginalKey = await StoreAsync(TestImages.Jpeg(40, 30)), Name = name }, Cancel);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    [Fact]
    public async Task An_unreachable_store_is_not_counted_as_a_fault_of_the_image()
    {
        var key = await StoreAsync(TestImages.Jpeg(40, 30));
        (Host.Front.Fault, Host.Front.Faults) = (Fault.Answer503, 1000);

        try
        {
            using var response = await Host.Http.PostAsJsonAsync(RenditionRequest.Path, new RenditionRequest { OriginalKey = key, Name = "64x64.webp" }, Cancel);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.NotNull(response.Headers.RetryAfter);
        }
        finally
        {
            Host.Front.Faults = 0;
        }
    }

    private static byte[] Photo(string type) => type switch
    {
        "jpeg" => TestImages.Jpeg(400, 300),
        "png" => TestImages.Png(400, 300),
        "webp" => TestImages.Webp(400, 300),
        "gif" => TestImages.Gif(400, 300),
        _ => TestImages.Avif(400, 300),
    };

    private async Task<string> StoreAsync(byte[] file)
    {
        var key = BlobKeys.NewOriginal(TimeProvider.System.GetUtcNow());
        await Host.Store.WriteAsync(key, file, "application/octet-stream", Cancel);
        return key;
    }

    private async Task<byte[]> ReadAsync(string key)
    {
        await using var stream = await Host.Store.OpenReadAsync(key, 0, null, Cancel);
        using var bytes = new MemoryStream();
        await stream!.CopyToAsync(bytes, Cancel);
        return bytes.ToArray();
    }

    private async Task<StoredRendition> MadeAsync(RenditionRequest request)
    {
        using var response = await Host.Http.PostAsJsonAsync(RenditionRequest.Path, request, Cancel);
        var body = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonSerializer.Deserialize<StoredRendition>(body)!;
    }

    private async Task RefusedAsync(RenditionRequest request, string reason)
    {
        using var response = await Host.Http.PostAsJsonAsync(RenditionRequest.Path, request, Cancel);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal(reason, (await response.Content.ReadFromJsonAsync<AnalysisFailure>(Cancel))!.Reason);
    }
}
