using System.Security.Cryptography;
using System.Text.Json;

namespace BillionHearts.Tests.Distributed;

/// <summary>A photo of 12 MB on disk that no other test uploads, and a folder beside it for what a client notes.</summary>
internal sealed class PhotoFile : IDisposable
{
    public const int Length = 12_000_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("photo-");

    public PhotoFile()
    {
        Bytes = [.. TestImages.Photo, .. RandomNumberGenerator.GetBytes(Length - TestImages.Photo.Length)];
        File.WriteAllBytes(FilePath, Bytes);
    }

    public byte[] Bytes { get; }

    public string FilePath => Path.Join(_folder.FullName, "photo.jpg");

    public string Notes => Path.Join(_folder.FullName, "uploads.json");

    /// <summary>Asserts that the image has exactly these bytes, is the user's only one, and is analyzed.</summary>
    public async Task AssertIsAsync(string? image, ImagesClient client, long user, CancellationToken cancellationToken)
    {
        Assert.Equal(Bytes, await client.Http.GetByteArrayAsync($"{image}/download", cancellationToken));

        var list = JsonElement.Parse(await client.Http.GetStringAsync($"/users/{user}/images", cancellationToken));
        Assert.Equal("photo.jpg", Assert.Single(list.EnumerateArray()).GetProperty("original_filename").GetString());
        var analyzed = await client.AnalyzedAsync(list[0].GetProperty("id").GetInt64(), cancellationToken);
        Assert.Equal(("analyzed", image), (analyzed.GetProperty("status").GetString(), $"/images/{analyzed.GetProperty("id")}"));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
