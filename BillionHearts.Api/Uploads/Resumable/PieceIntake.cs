using System.Buffers;
using System.Runtime.ExceptionServices;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Admission;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>
/// Appends the body of a request to an upload, piece by piece:
/// <code>
/// read ≤ PieceBytes ─► blob under incoming/ ─► commit: part recorded, offset moved ─► read …
///                 └─ the last bytes ─► all parts and these through the intake ─► commit: image, offset = length
/// </code>
/// What has been committed stays, however the request ends. The last bytes never become a part: they are committed with the image,
/// so a complete upload is always an image. A checksum covers the whole body, so with one a single commit records all of its parts.
/// </summary>
internal sealed class PieceIntake(
    ResumableStore uploads, PartBlobs blobs, ResumableCompletion completion, ByteBudget budget, IOptions<ResumableOptions> options)
{
    /// <summary>As many bytes as the intake reads first to identify an image.</summary>
    private const int BytesToIdentify = 4096;

    private readonly int _pieceBytes = options.Value.PieceBytes;

    /// <summary>Admits a body if this process has memory for a piece of it; otherwise refuses it before it is read.</summary>
    public Outcome<ByteBudget.ByteShare> Admit(HttpRequest request)
    {
        // At most one piece is in memory at any time.
        var share = budget.Take(Math.Min(request.ContentLength ?? _pieceBytes, _pieceBytes));

        // The body is only read up to the upload's length. That is the limit, and it may be above the server's own.
        if (share.Problem is null && request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        return share;
    }

    /// <summary>Moves the offset of <paramref name="upload"/> by the stored bytes.</summary>
    /// <returns>Why not all bytes were stored, or <see langword="null"/>.</returns>
    public async Task<Problem?> ReceiveAsync(ResumableUpload upload, HttpRequest request, UploadChecksum? checksum, CancellationToken cancellationToken)
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
        List<ResumableUploadPart> unrecorded = [];

        try
        {
            return await ReceiveAsync(upload, new PieceReader(request.Body, buffer.AsMemory(0, _pieceBytes)), checksum, unrecorded, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            await uploads.RetireAsync(unrecorded);
        }
    }

    /// <param name="unrecorded">When this ends: the stored parts that no row records.</param>
    private async Task<Problem?> ReceiveAsync(
        ResumableUpload upload, PieceReader body, UploadChecksum? checksum, List<ResumableUploadPart> unrecorded, CancellationToken cancellationToken)
    {
        var position = upload.Offset;

        while (!body.HasEnded)
        {
            var piece = await body.ReadAsync(upload.Length - position, cancellationToken);
            checksum?.Append(piece.Span);

            if (position + piece.Length == upload.Length)
            {
                return await EndAsync(upload, body, checksum, unrecorded, piece, cancellationToken);
            }

            if (piece.IsEmpty)
            {
                break;
            }

            if (position is 0 && checksum is null && CheckFirst(piece.Span) is { } refusal)
            {
                return await completion.RefuseAsync(upload, refusal);
            }

            unrecorded.Add(await blobs.StoreAsync(upload.Id, position, piece));
            position += piece.Length;

            if (checksum is null && await RecordAsync(upload, unrecorded) is { } moved)
            {
                return moved;
            }
        }

        if (body.Failure is not null)
        {
            ExceptionDispatchInfo.Throw(body.Failure);
        }

        return checksum is null ? null : checksum.Matches() ? await RecordAsync(upload, unrecorded) : TusProblems.Checksum(checksum.Algorithm);
    }

    private async Task<Problem?> EndAsync(
        ResumableUpload upload,
        PieceReader body,
        UploadChecksum? checksum,
        List<ResumableUploadPart> unrecorded,
        ReadOnlyMemory<byte> last,
        CancellationToken cancellationToken)
    {
        if (await body.HasMoreAsync(cancellationToken))
        {
            return TusProblems.BeyondLength(upload);
        }

        return checksum?.Matches() is false
            ? TusProblems.Checksum(checksum.Algorithm)
            : await completion.FinishAsync(upload, unrecorded, last);
    }

    private async Task<Problem?> RecordAsync(ResumableUpload upload, List<ResumableUploadPart> unrecorded)
    {
        if (unrecorded.Count is 0)
        {
            return null;
        }

        // Taken out first: if the commit's answer is lost, the parts may be recorded, and their blobs must stay.
        ResumableUploadPart[] parts = [.. unrecorded];
        unrecorded.Clear();

        if (await uploads.TryAdvanceAsync(upload, parts))
        {
            return null;
        }

        unrecorded.AddRange(parts);
        return await uploads.ExplainAsync(upload);
    }

    /// <summary>Saves the client from sending a file that is not an image. Everything else is checked when the upload is complete.</summary>
    private static Problem? CheckFirst(ReadOnlySpan<byte> first) =>
        first.Length >= BytesToIdentify && ImageHeaders.Identify(first) is null ? UploadProblems.Unsupported(first) : null;
}
