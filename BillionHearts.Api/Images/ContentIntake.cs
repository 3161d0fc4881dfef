using BillionHearts.Api.Data;
using BillionHearts.Api.Digests;
using BillionHearts.ServiceDefaults.Errors;
using BillionHearts.Storage;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Images;

/// <summary>
/// Takes an image's bytes to the blob store in one pass: looks at the header, then streams, counts and hashes. Whatever way
/// bytes come, this is how they become content: always under a key of their own that nobody else has ever known.
/// </summary>
internal sealed partial class ContentIntake(
    IBlobStore blobs, TimeProvider clock, IOptions<UploadOptions> options, ILogger<ContentIntake> logger)
{
    private static readonly TimeSpan s_discardTimeout = TimeSpan.FromSeconds(5);

    private readonly UploadOptions _limits = options.Value;

    /// <returns>The stored content, or why it was refused; in that case nothing is left in the store.</returns>
    /// <param name="expected">What the sender says that the bytes hash to.</param>
    public async Task<(StoredContent? Content, Problem? Refusal)> ReceiveAsync(
        Stream content, ExpectedDigests expected, CancellationToken cancellationToken)
    {
        using var header = new HeaderBuffer(_limits.MaxHeaderBytes);

        while (true)
        {
            await header.ReadMoreAsync(content, cancellationToken);

            var (image, refusal) = Judge(header);

            if (refusal is not null)
            {
                return (null, refusal);
            }

            if (image is not null)
            {
                await using var upload = new UploadStream(header.Bytes, content, _limits.MaxBytes, hashLonger: expected.Sha512 is not null);
                return await StoreAsync(image, upload, expected, cancellationToken);
            }
        }
    }

    /// <summary>Removes content that no row will name. Best effort: what stays is a blob without a row, which costs room and harms nothing.</summary>
    /// <returns>Whether it is gone.</returns>
    public async Task<bool> DiscardAsync(string key)
    {
        using var limit = new CancellationTokenSource(s_discardTimeout, clock);

        try
        {
            await blobs.DeleteAsync(key, limit.Token);
            return true;
        }
        catch (Exception exception) when (exception is BlobStoreUnavailableException or OperationCanceledException)
        {
            Log.Left(logger, exception, key);
            return false;
        }
    }

    /// <returns>Neither of the two when more bytes must be looked at.</returns>
    private (MeasuredImage? Image, Problem? Refusal) Judge(HeaderBuffer header)
    {
        var bytes = header.Bytes.Span;

        if (ImageHeaders.Identify(bytes) is not { } type)
        {
            return (null, bytes.IsEmpty ? UploadProblems.Empty : UploadProblems.Unsupported(bytes));
        }

        var scan = ImageHeaders.Scan(type, bytes);

        if (scan.Fault is not null)
        {
            return (null, UploadProblems.Corrupt(type, scan.Fault));
        }

        if (scan.IsComplete)
        {
            var refusal = UploadProblems.OfDimensions(scan.Width, scan.Height, _limits);
            return refusal is null ? (new MeasuredImage(type, (int)scan.Width, (int)scan.Height), null) : (null, refusal);
        }

        if (header.IsAll)
        {
            return (null, UploadProblems.EndsInHeader(type));
        }

        return header.IsFull ? (null, UploadProblems.HeaderTooLong(type, _limits.MaxHeaderBytes)) : (null, null);
    }

    private async Task<(StoredContent? Content, Problem? Refusal)> StoreAsync(
        MeasuredImage image, UploadStream upload, ExpectedDigests expected, CancellationToken cancellationToken)
    {
        var key = BlobKeys.NewOriginal(clock.GetUtcNow());

        try
        {
            await blobs.CreateAsync(key, upload, image.Type.ContentType, cancellationToken);
        }
        catch (UploadTooLargeException)
        {
            await DiscardAsync(key);
            return (null, UploadProblems.TooLarge(_limits.MaxBytes));
        }
        catch
        {
            // The store may have it although it did not say so.
            await DiscardAsync(key);
            throw;
        }

        var content = new StoredContent(key, image, upload.Length, upload.GetSha256(), clock.GetMicroseconds());

        if (expected.Compare(content.Sha256, upload.GetSha512()) is { } mismatch)
        {
            await DiscardAsync(key);
            return (null, mismatch);
        }

        return (content, null);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Blob {Key} is named by no image and could not be removed; it stays in the store")]
        public static partial void Left(ILogger logger, Exception exception, string key);
    }
}
