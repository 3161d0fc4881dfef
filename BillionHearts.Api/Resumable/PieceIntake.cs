using System.Buffers;
using System.Runtime.ExceptionServices;
using BillionHearts.Api.Images;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Resumable;

/// <summary>
/// Takes the body of a request into an upload, piece by piece:
/// <code>
/// read ≤ PieceBytes ─► blob under incoming/ ─► commit: part named, offset moved ─► read …
///                 └─ the bytes that make it whole ─► the parts and these through the one intake ─► commit: image, offset = length
/// </code>
/// What has been committed stays, however the request ends. The last bytes are never a part: the commit that takes them is the image's,
/// so that no upload is ever whole and not an image. A checksum covers the whole body, so then one commit names all of its parts.
/// </summary>
internal sealed class PieceIntake(
    ResumableStore uploads, PartBlobs blobs, ResumableCompletion completion, ByteBudget budget, IOptions<ResumableOptions> options)
{
    /// <summary>As far as the intake looks at first to tell an image from anything else.</summary>
    private const int EnoughToTell = 4096;

    private readonly int _pieceBytes = options.Value.PieceBytes;

    /// <summary>Lets a body in when there is room for a piece of it among the others; it is refused before it is read otherwise.</summary>
    public async Task<IResult> AdmitAsync(HttpRequest request, Func<Task<IResult>> receive)
    {
        // No more than a piece is in our hands at any time.
        var (share, refusal) = budget.Take(Math.Min(request.ContentLength ?? _pieceBytes, _pieceBytes));

        if (share is null)
        {
            return completion.Refuse(refusal!);
        }

        using (share)
        {
            // Read only as far as the upload's length: that is limit enough, and it may be above the server's own.
            if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            {
                size.MaxRequestBodySize = null;
            }

            return await receive();
        }
    }

    /// <summary>Moves <paramref name="upload"/> on by what is taken in.</summary>
    /// <returns>Why not all was, or <see langword="null"/>.</returns>
    public async Task<IResult?> ReceiveAsync(ResumableUpload upload, HttpRequest request, UploadChecksum? checksum, CancellationToken cancellationToken)
    {
        if (upload.ImageId is not null)
        {
            return await new PieceReader(request.Body, Memory<byte>.Empty).HasMoreAsync(cancellationToken) ? TusProblems.BeyondLength(upload) : null;
        }

        if (request.ContentLength > upload.Length - upload.Offset)
        {
            return TusProblems.BeyondLength(upload);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(_pieceBytes);
        List<ResumableUploadPart> unnamed = [];

        try
        {
            return await ReceiveAsync(upload, new PieceReader(request.Body, buffer.AsMemory(0, _pieceBytes)), checksum, unnamed, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            await uploads.RetireAsync(unnamed);
        }
    }

    /// <param name="unnamed">Parts that no row will name when this ends.</param>
    private async Task<IResult?> ReceiveAsync(
        ResumableUpload upload, PieceReader body, UploadChecksum? checksum, List<ResumableUploadPart> unnamed, CancellationToken cancellationToken)
    {
        var position = upload.Offset;

        while (!body.HasEnded)
        {
            var piece = await body.ReadAsync(upload.Length - position, cancellationToken);
            checksum?.Append(piece.Span);

            if (position + piece.Length == upload.Length)
            {
                return await EndAsync(upload, body, checksum, unnamed, piece, cancellationToken);
            }

            if (piece.IsEmpty)
            {
                break;
            }

            if (position is 0 && checksum is null && Judge(piece.Span) is { } refusal)
            {
                return await completion.RefuseAsync(upload, refusal);
            }

            unnamed.Add(await blobs.StoreAsync(upload.Id, position, piece));
            position += piece.Length;

            if (checksum is null && await NameAsync(upload, unnamed) is { } moved)
            {
                return moved;
            }
        }

        if (body.Failure is not null)
        {
            ExceptionDispatchInfo.Throw(body.Failure);
        }

        return checksum is null ? null : checksum.Matches() ? await NameAsync(upload, unnamed) : TusProblems.Checksum(checksum.Algorithm);
    }

    private async Task<IResult?> EndAsync(
        ResumableUpload upload,
        PieceReader body,
        UploadChecksum? checksum,
        List<ResumableUploadPart> unnamed,
        ReadOnlyMemory<byte> last,
        CancellationToken cancellationToken)
    {
        if (await body.HasMoreAsync(cancellationToken))
        {
            return TusProblems.BeyondLength(upload);
        }

        return checksum?.Matches() is false
            ? TusProblems.Checksum(checksum.Algorithm)
            : await completion.FinishAsync(upload, unnamed, last);
    }

    private async Task<IResult?> NameAsync(ResumableUpload upload, List<ResumableUploadPart> unnamed)
    {
        if (unnamed.Count is 0)
        {
            return null;
        }

        // Taken out first: when the commit's answer is lost, nobody knows whether they are named, and they must stay.
        ResumableUploadPart[] parts = [.. unnamed];
        unnamed.Clear();

        if (await uploads.TryAdvanceAsync(upload, parts))
        {
            return null;
        }

        unnamed.AddRange(parts);
        return await uploads.ExplainAsync(upload);
    }

    /// <summary>Spares the sending of a file that is no image at all. Everything else is judged when all of it is here.</summary>
    private static Problem? Judge(ReadOnlySpan<byte> first) =>
        first.Length >= EnoughToTell && ImageHeaders.Identify(first) is null ? UploadProblems.Unsupported(first) : null;
}
