using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Api.Export;

/// <summary>An api that asks for two images at a time, so that a few are many pages.</summary>
public sealed class ExportFixture(AppHostFixture app) : IAsyncLifetime
{
    /// <summary>More than the buffers between the api and a client who reads nothing can hold.</summary>
    private const int UnsendableBytes = 19_000_000;

    internal AppHostFixture App => app;

    internal ApiHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await ApiHost.StartAsync(app, TestContext.Current.CancellationToken, ("Export:PageSize", "2"));

    public ValueTask DisposeAsync() => Host is null ? ValueTask.CompletedTask : Host.DisposeAsync();

    /// <summary>A photo that is larger than what is read at once, no two of them alike.</summary>
    internal static byte[] Photo(int length = 300_000)
    {
        var picture = TestImages.Jpeg(64, 48);
        return [.. picture, .. RandomNumberGenerator.GetBytes(length - picture.Length)];
    }

    /// <summary>An export of this image waits for its client.</summary>
    internal static byte[] Unsendable() => Photo(UnsendableBytes);

    internal static async Task<ZipArchive> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        return new ZipArchive(new MemoryStream(await response.Content.ReadAsByteArrayAsync(cancellationToken)), ZipArchiveMode.Read);
    }

    /// <summary>Reading to the end checks the CRC.</summary>
    internal static async Task<byte[]> BytesAsync(ZipArchiveEntry entry, CancellationToken cancellationToken)
    {
        await using var stream = await entry.OpenAsync(cancellationToken);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }

    internal static async Task<JsonElement> ManifestAsync(ZipArchive zip, CancellationToken cancellationToken)
    {
        Assert.Equal("manifest.json", zip.Entries[^1].FullName);
        return JsonElement.Parse(await BytesAsync(zip.Entries[^1], cancellationToken));
    }
}
