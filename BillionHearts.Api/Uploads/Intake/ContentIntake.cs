using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Digests;
using BillionHearts.Storage;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Uploads.Intake;

/// <summary>
/// Stores an image's bytes in one pass: reads the header, then streams, counts and hashes. Every kind of upload ends here. The bytes always
/// get a new key that was never visible to a client.
/// </summary>
internal sealed class ContentIntake(IBlobStore blobs, UncommittedBlobs uncommitted, TimeProvider clock, IOptions<UploadOptions> options)
{
    private readonly UploadOptions _limits = options.Value;

    /// <param name="expected">The hashes that the sender announced.</param>
    /// <returns>The stored bytes, which the caller must dispose; or why they were refused, in which case nothing is left in the store.</returns>
    public async Task<Outcome<StagedBlob>> StageAsync(Stream content, ExpectedDigests expected, CancellationToken cancellationToken)
    {
        using var header = new HeaderBuffer(_limits.MaxHeaderBytes);

        if (!(await ReadHeaderAsync(header, content, cancellationToken)).TryGet(out var image, out var refusal))
        {
            return refusal;
        }

        await using var upload = new UploadStream(header.Bytes, content, _limits.MaxBytes, withSha512: expected.Sha512 is not null);

        return await StoreAsync(image, upload, expected, cancellationToken);
    }

    private async Task<Outcome<MeasuredImage>> ReadHeaderAsync(HeaderBuffer header, Stream content, CancellationToken cancellationToken)
    {
        while (true)
        {
            await header.ReadMoreAsync(content, cancellationToken);

            if (Measure(header) is { } outcome)
            {
                return outcome;
            }
        }
    }

    /// <returns><see langword="null"/> when more bytes are needed.</returns>
    private Outcome<MeasuredImage>? Measure(HeaderBuffer header)
    {
        var bytes = header.Bytes.Span;

        if (ImageHeaders.Identify(bytes) is not { } type)
        {
            return bytes.IsEmpty ? UploadProblems.Empty : UploadProblems.Unsupported(bytes);
        }

        var scan = ImageHeaders.Scan(type, bytes);
        if (scan.Fault is not null)
        {
            return UploadProblems.Corrupt(type, scan.Fault);
        }

        if (scan.IsComplete)
        {
            return UploadProblems.CheckDimensions(scan.Width, scan.Height, _limits) is { } tooLarge
                ? tooLarge
                : new MeasuredImage(type, (int)scan.Width, (int)scan.Height);
        }

        if (header.IsComplete)
        {
            return UploadProblems.EndsInHeader(type);
        }

        if (header.IsFull)
        {
            return UploadProblems.HeaderTooLong(type, _limits.MaxHeaderBytes);
        }

        return null;
    }

    private async Task<Outcome<StagedBlob>> StoreAsync(MeasuredImage image, UploadStream upload, ExpectedDigests expected, CancellationToken cancellationToken)
    {
        var key = BlobKeys.NewOriginal(clock.GetUtcNow());

        try
        {
            await blobs.CreateAsync(key, upload, image.Type.ContentType, cancellationToken);
        }
        catch (UploadTooLargeException)
        {
            await uncommitted.DiscardAsync(key);
            return UploadProblems.TooLarge(_limits.MaxBytes);
        }
        catch
        {
            // The store may hold the blob although the call failed.
            await uncommitted.DiscardAsync(key);
            throw;
        }

        var staged = new StagedBlob(uncommitted, new StoredContent(key, image, upload.BytesRead, upload.GetSha256(), clock.GetMicroseconds()));

        if (expected.Compare(staged.Content.Sha256, upload.GetSha512()) is not { } mismatch)
        {
            return staged;
        }

        await staged.DisposeAsync();

        return mismatch;
    }
}
