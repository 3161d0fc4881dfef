using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BillionHearts.Api.Uploads.Receipts;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Tests.Api;

/// <summary>"Safe to delete from my phone": said only of bytes that were read back, and signed so that anyone can check it.</summary>
public sealed class ReceiptTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly byte[] s_file = [.. TestImages.Png(40, 30), .. RandomNumberGenerator.GetBytes(300_000)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task A_receipt_states_what_is_stored_and_its_signature_covers_exactly_that()
    {
        var image = await UploadAsync();
        var before = TimeProvider.System.GetUtcNow().UtcDateTime;
        using var response = await ReceiptAsync(Id(image));
        var receipt = await ApiHost.JsonAsync(response, Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Equal(["image_id", "sha256", "bytes", "stored_at", "verified_at", "version", "signature"], receipt.EnumerateObject().Select(field => field.Name));
        Assert.Equal((Id(image), s_file.Length, 1), (receipt.GetProperty("image_id").GetInt64(), receipt.GetProperty("bytes").GetInt32(), receipt.GetProperty("version").GetInt32()));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(s_file)), receipt.GetProperty("sha256").GetString());
        Assert.InRange(receipt.GetProperty("verified_at").GetDateTime(), before, TimeProvider.System.GetUtcNow().UtcDateTime);
        Assert.True(receipt.GetProperty("stored_at").GetDateTime() <= before);

        var (header, payload) = await VerifyAsync(receipt.GetProperty("signature").GetString()!);
        Assert.Equal(("ES256", "receipt+jws"), (header.GetProperty("alg").GetString(), header.GetProperty("typ").GetString()));
        Assert.Equal(
            receipt.EnumerateObject().Where(field => field.Name is not "signature").Select(field => $"{field}"),
            payload.EnumerateObject().Select(field => $"{field}"));
    }

    [Fact]
    public async Task A_signature_does_not_match_a_changed_statement()
    {
        using var response = await ReceiptAsync(Id(await UploadAsync()));
        var parts = (await ApiHost.JsonAsync(response, Cancel)).GetProperty("signature").GetString()!.Split('.');
        var changed = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal);

        await Assert.ThrowsAsync<CryptographicException>(
            () => VerifyAsync($"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(changed))}.{parts[2]}"));
    }

    [Fact]
    public async Task The_keys_are_public_only_and_named_by_their_thumbprint()
    {
        using var response = await Host.Http.GetAsync("/.well-known/jwks.json", Cancel);
        var keys = (await ApiHost.JsonAsync(response, Cancel)).GetProperty("keys");

        Assert.Equal("application/jwk-set+json", response.Content.Headers.ContentType?.MediaType);
        Assert.All(keys.EnumerateArray(), key =>
        {
            Assert.Equal(["kty", "crv", "x", "y", "kid", "use", "alg"], key.EnumerateObject().Select(member => member.Name));
            var canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{key.GetProperty("x").GetString()}}","y":"{{key.GetProperty("y").GetString()}}"}""";
            Assert.Equal(Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))), key.GetProperty("kid").GetString());
        });
    }

    [Fact]
    public async Task Simultaneous_requests_create_one_receipt_key_which_is_rotated_by_age()
    {
        await using var other = await ApiHost.StartAsync(fixture.App, Cancel);
        var receipts = Enumerable.Range(0, 8).Select(_ => ActivatorUtilities.CreateInstance<ReceiptKeys>(other.App.Services)).ToList();
        var first = (await Task.WhenAll(receipts.Select(keys => keys.GetSigningKeyAsync(Cancel).AsTask()))).Select(key => key.Id).Distinct().Single();

        await other.Database.ExecuteAsync("UPDATE receipt_keys SET created_at = now() - interval '366 days'", Cancel);
        var fresh = ActivatorUtilities.CreateInstance<ReceiptKeys>(other.App.Services);
        var second = (await fresh.GetSigningKeyAsync(Cancel)).Id;

        Assert.NotEqual(first, second);
        Assert.Equal([second, first], (await fresh.GetPublicKeysAsync(Cancel)).Keys.Select(key => key.Kid));
    }

    [Fact]
    public async Task Bytes_with_one_flipped_bit_get_no_receipt_and_are_never_handed_out_whole()
    {
        using var metrics = new RecordedMetrics();
        var image = await UploadAsync();
        byte[] damaged = [.. s_file];
        damaged[s_file.Length / 2] ^= 1;
        await OverwriteAsync(image, damaged);

        using var receipt = await ReceiptAsync(Id(image));
        await AssertProblemAsync(receipt, 500, "integrity");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Host.Http.GetByteArrayAsync(image.GetProperty("url").GetString(), Cancel));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Host.Http.GetByteArrayAsync($"/images/{Id(image)}/download", Cancel));
        Assert.True(metrics.Sum("billionhearts.integrity.faults", "found_by=receipt", "fault=checksum") >= 1);
        Assert.True(metrics.Sum("billionhearts.integrity.faults", "found_by=download", "fault=checksum") >= 2);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Bytes_that_are_too_few_or_too_many_get_no_receipt(int more)
    {
        var image = await UploadAsync();
        await OverwriteAsync(image, more < 0 ? s_file[..^1] : [.. s_file, 0]);

        using var receipt = await ReceiptAsync(Id(image));

        await AssertProblemAsync(receipt, 500, "integrity");
    }

    [Fact]
    public async Task Bytes_that_are_gone_get_no_receipt()
    {
        var image = await UploadAsync();
        await Host.Container.DeleteBlobAsync(image.GetProperty("storage_path").GetString(), cancellationToken: Cancel);

        using var receipt = await ReceiptAsync(Id(image));

        await AssertProblemAsync(receipt, 500, "content-missing");
    }

    [Fact]
    public async Task A_small_damaged_file_is_refused_with_a_reason()
    {
        var small = TestImages.Png(8, 8);
        var image = await Host.UploadAsync(await Host.CreateUserAsync(Cancel), small, Cancel);
        await OverwriteAsync(image, [.. small[..^1], (byte)(small[^1] ^ 1)]);

        using var response = await Host.Http.GetAsync(image.GetProperty("url").GetString(), Cancel);

        await AssertProblemAsync(response, 500, "integrity");
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task There_is_no_receipt_for_an_image_that_is_unknown_deleted_or_without_content()
    {
        var image = await UploadAsync();
        using var deleted = await Host.Http.DeleteAsync($"/images/{Id(image)}", Cancel);
        using var ofDeleted = await ReceiptAsync(Id(image));
        using var ofUnknown = await ReceiptAsync(long.MaxValue);
        using var announced = await Host.PostRawAsync("application/json", JsonSerializer.SerializeToUtf8Bytes(new
        {
            user_id = image.GetProperty("user_id").GetInt64(),
            original_filename = "a.png",
            width = 1,
            height = 1,
            file_size = 1,
            file_type = "png",
        }), Cancel);
        using var ofAnnounced = await ReceiptAsync(Id(await ApiHost.JsonAsync(announced, Cancel)));

        await AssertProblemAsync(ofDeleted, 404, "image-not-found");
        await AssertProblemAsync(ofUnknown, 404, "image-not-found");
        await AssertProblemAsync(ofAnnounced, 409, "content-awaited");
    }

    private static long Id(JsonElement image) => image.GetProperty("id").GetInt64();

    private static async Task AssertProblemAsync(HttpResponseMessage response, int status, string slug)
    {
        var body = await ApiHost.JsonAsync(response, Cancel);
        Assert.Equal((status, $"https://billionhearts.dev/problems/{slug}"), ((int)response.StatusCode, body.GetProperty("type").GetString()));
    }

    private async Task<JsonElement> UploadAsync() => await Host.UploadAsync(await Host.CreateUserAsync(Cancel), s_file, Cancel);

    private Task<HttpResponseMessage> ReceiptAsync(long id) => Host.Http.GetAsync($"/images/{id}/receipt", Cancel);

    private async Task OverwriteAsync(JsonElement image, byte[] bytes) =>
        await Host.Container.GetBlobClient(image.GetProperty("storage_path").GetString()).UploadAsync(new BinaryData(bytes), overwrite: true, Cancel);

    /// <summary>Verifies it as a third party would, with nothing but the published keys.</summary>
    private async Task<(JsonElement Header, JsonElement Payload)> VerifyAsync(string signature)
    {
        var parts = signature.Split('.');
        var header = JsonElement.Parse(Base64Url.DecodeFromChars(parts[0]));
        using var response = await Host.Http.GetAsync("/.well-known/jwks.json", Cancel);
        var key = (await ApiHost.JsonAsync(response, Cancel)).GetProperty("keys").EnumerateArray()
            .Single(key => key.GetProperty("kid").GetString() == header.GetProperty("kid").GetString());
        using var verifier = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(key.GetProperty("x").GetString()), Y = Base64Url.DecodeFromChars(key.GetProperty("y").GetString()) },
        });

        return verifier.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256)
            ? (header, JsonElement.Parse(Base64Url.DecodeFromChars(parts[1])))
            : throw new CryptographicException("The signature is not that of this statement.");
    }
}
