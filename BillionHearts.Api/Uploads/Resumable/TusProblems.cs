using System.Globalization;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>The refusals of the tus protocol. Those of an image's content are the same as for any other upload.</summary>
internal static class TusProblems
{
    public static readonly Problem NotFound = new(404, "upload-not-found", "Not found", "There is no upload at this address.");

    public static readonly Problem LengthDeferred = new(
        400, "upload-length-required", "Upload-Length required",
        $"{Tus.Headers.DeferLength} is not supported: the length stands in {Tus.Headers.Length} when the upload is created.");

    public static readonly Problem Concatenation = new(
        400, "upload-concat-unsupported", "Upload-Concat unsupported",
        $"{Tus.Headers.Concat} is not supported: an upload is one stretch of bytes. {Tus.Headers.Extension} names what is supported.");

    /// <summary>Bytes that were acknowledged are not in the store any more.</summary>
    public static readonly Problem BytesLost = new(
        500, "upload-bytes-lost", "Internal server error",
        "Bytes of this upload that were stored cannot be found again. Start a new upload; quote the trace id when you report this.");

    public static Problem Version(string? version) => new(
        412, "tus-version", "Precondition failed",
        version is null
            ? $"The {Tus.Headers.Resumable} header is missing; version {Tus.Version} of the tus protocol is spoken here."
            : $"The {Tus.Headers.Resumable} header says '{Problems.Shorten(version)}'; version {Tus.Version} of the tus protocol is spoken here.");

    public static Problem Header(string name, string fault) => new(400, "tus-header", "Invalid header", $"The {name} header {fault}.");

    public static Problem Algorithm(string algorithm) => new(
        400, "checksum-algorithm", "Checksum algorithm unsupported",
        $"The checksum algorithm '{Problems.Shorten(algorithm)}' is not supported; {UploadChecksum.Algorithms} are.");

    public static Problem Checksum(string algorithm) => new(
        460, "checksum-mismatch", "Checksum mismatch",
        $"The bytes that arrived do not have the {algorithm} checksum that was announced. None of them was kept; send them again.");

    public static Problem TooLarge(long length, long maxBytes) => new(
        413, "image-too-large", "Image too large", string.Create(
            CultureInfo.InvariantCulture, $"The upload has {length} bytes; at most {maxBytes} are accepted."));

    public static Problem TooMany(int count, int limit) => new(
        429, "too-many-uploads", "Too many uploads", string.Create(
            CultureInfo.InvariantCulture, $"The user has {count} unfinished uploads and may have at most {limit}. Finish or terminate some."));

    public static Problem BeyondLength(ResumableUpload upload) => new(
        413, "upload-length-exceeded", "Upload length exceeded", string.Create(
            CultureInfo.InvariantCulture,
            $"The upload has {upload.Length} bytes in all and is at offset {upload.Offset}; the body has more than the {upload.Length - upload.Offset} that are missing."));

    public static Problem OffsetMismatch(long offset, long requested) => new(
        409, "upload-offset-mismatch", "Upload offset mismatch", string.Create(
            CultureInfo.InvariantCulture, $"The upload is at offset {offset}, and the request is for offset {requested}. Nothing was changed."));

    /// <summary>Why nothing more can come to an upload, or <see langword="null"/> when it is open or has become an image.</summary>
    public static Problem? CheckOpen(ResumableUpload? upload, DateTimeOffset now) => upload switch
    {
        null => NotFound,
        { Refusal: UploadEnd.Terminated } => Gone("was terminated"),
        { ImageId: not null } => null,
        { Refusal: UploadEnd.Expired } => Gone("has expired"),
        { Refusal: { } slug } => Gone($"has ended, because its content was refused ({slug})"),
        _ when upload.ExpiresAt <= now => Gone("has expired"),
        _ => null,
    };

    private static Problem Gone(string sentence) => new(410, "upload-gone", "Gone", $"The upload {sentence}. Start a new one.");
}

/// <summary>What stands in <see cref="ResumableUpload.Refusal"/> when it was not the content.</summary>
internal static class UploadEnd
{
    public const string Terminated = "terminated";
    public const string Expired = "expired";
}
