using System.Security.Cryptography;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;
using BillionHearts.Storage;
using Microsoft.Extensions.Options;

namespace BillionHearts.Analysis.Work;

/// <summary>Reads originals from the blob store, verifying what the request says, and stores renditions beside them.</summary>
internal sealed class ImageFiles(IBlobStore store, IOptions<AnalysisOptions> options)
{
    private const string Originals = "originals/";
    private const int FirstBuffer = 256 * 1024;

    public static bool IsOriginal(string key) => key.StartsWith(Originals, StringComparison.Ordinal);

    /// <exception cref="UnusableImageException">The file is missing, larger than allowed, or differs from what was uploaded.</exception>
    public async Task<(string Key, byte[] Bytes)> FetchAsync(AnalysisRequest request, CancellationToken cancellationToken)
    {
        if (!store.TryGetKey(request.StorageUrl, out var key) || !IsOriginal(key))
        {
            throw new UnusableImageException(FailureReason.Missing, "The image's storage URL does not point to a stored original.");
        }

        return (key, await FetchAsync(key, request.Sha256, cancellationToken));
    }

    /// <inheritdoc cref="FetchAsync(AnalysisRequest, CancellationToken)"/>
    /// <param name="sha256">The expected hash in hex, where it is known.</param>
    public async Task<byte[]> FetchAsync(string key, string? sha256, CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenReadAsync(key, offset: 0, length: null, cancellationToken)
            ?? throw new UnusableImageException(FailureReason.Missing, "The image's file was not found in the blob store.");
        var bytes = await ReadAsync(stream, cancellationToken);
        Verify(bytes, sha256);

        return bytes;
    }

    public Task<StoredRendition> StoreAsync(string originalKey, Rendition rendition, CancellationToken cancellationToken) =>
        WriteAsync(BlobKeys.Rendition(originalKey, rendition.Name), rendition, cancellationToken);

    /// <param name="fileName">Its name among the renditions of the original.</param>
    public Task<StoredRendition> StoreAsync(string originalKey, string fileName, Rendition rendition, CancellationToken cancellationToken) =>
        WriteAsync(BlobKeys.RenditionFile(originalKey, fileName), rendition, cancellationToken);

    private async Task<StoredRendition> WriteAsync(string key, Rendition rendition, CancellationToken cancellationToken)
    {
        await store.WriteAsync(key, rendition.Bytes, rendition.ContentType, cancellationToken);

        return new StoredRendition
        {
            Name = rendition.Name,
            BlobKey = key,
            ContentType = rendition.ContentType,
            Width = rendition.Width,
            Height = rendition.Height,
            Bytes = rendition.Bytes.Length,
        };
    }

    public async Task<bool> IsStoreUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.PingAsync(cancellationToken);
            return true;
        }
        catch (BlobStoreUnavailableException)
        {
            return false;
        }
    }

    private async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var limit = options.Value.MaxFileBytes;
        var bytes = new byte[Math.Min(FirstBuffer, limit + 1)];
        var length = 0;

        while (await stream.ReadAtLeastAsync(bytes.AsMemory(length), bytes.Length - length, throwOnEndOfStream: false, cancellationToken) is var read and > 0)
        {
            length += read;
            if (length > limit)
            {
                throw new UnusableImageException(FailureReason.TooLarge, $"The file is larger than {limit} bytes, the maximum for analysis.");
            }

            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(2L * length, limit + 1L));
            }
        }

        Array.Resize(ref bytes, length);
        return bytes;
    }

    private static void Verify(byte[] bytes, string? sha256)
    {
        if (sha256 is not null && !Convert.ToHexStringLower(SHA256.HashData(bytes)).Equals(sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new UnusableImageException(
                FailureReason.Checksum, $"The stored file ({bytes.Length} bytes) is not the one that was uploaded: its SHA-256 differs.");
        }
    }
}
