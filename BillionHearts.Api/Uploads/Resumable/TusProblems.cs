using System.Globalization;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>The refusals that only the tus protocol has. Content is refused as in any other upload.</summary>
internal static class TusProblems
{
    public static readonly Problem NotFound = new(404, "upload-not-found", "Not found", "Upload not found.");

    public static readonly Problem LengthDeferred = new(
        400, "upload-length-required", "Upload-Length required",
        $"{Tus.Headers.DeferLength} is not supported. Send {Tus.Headers.Length} when you create the upload.");

    public static readonly Problem Concatenation = new(
        400, "upload-concat-unsupported", "Upload-Concat unsupported",
        $"{Tus.Headers.Concat} is not supported: an upload cannot be put together from others. {Tus.Headers.Extension} lists the supported extensions.");

    /// <summary>Acknowledged bytes are no longer in the store.</summary>
    public static readonly Problem BytesLost = new(
        500, "upload-bytes-lost", "Internal server error",
        "Stored bytes of this upload are missing. Start a new upload, and quote the trace id when you report this.");

    public static Problem Version(string? version) => new(
        412, "tus-version", "Precondition failed",
        version is null
            ? $"The {Tus.Headers.Resumable} header is missing. This server supports tus version {Tus.Version}."
            : $"The {Tus.Headers.Resumable} header is '{Problems.Shorten(version)}'. This server supports tus version {Tus.Version}.");

    public static Problem Header(string name, string fault) => new(400, "tus-header", "Invalid header", $"The {name} header {fault}.");

    public static Problem Algorithm(string algorithm) => new(
        400, "checksum-algorithm", "Checksum algorithm unsupported",
        $"The checksum algorithm '{Problems.Shorten(algorithm)}' is not supported. Supported are {UploadChecksum.Algorithms}.");

    public static Problem Checksum(string algorithm) => new(
        460, "checksum-mismatch", "Checksum mismatch",
        $"The {algorithm} checksum of the received bytes does not match {Tus.Headers.Checksum}. The bytes were discarded. Send them again.");

    public static Problem TooLarge(long length, long maxBytes) => new(
        413, "image-too-large", "Image too large", string.Create(
            CultureInfo.InvariantCulture, $"The upload has {length} bytes. The limit is {maxBytes} bytes."));

    public static Problem TooMany(int count, int limit) => new(
        429, "too-many-uploads", "Too many uploads", string.Create(
            CultureInfo.InvariantCulture, $"The user has {count} unfinished uploads; the limit is {limit}. Finish or terminate some."));

    public static Problem BeyondLength(ResumableUpload upload) => new(
        413, "upload-length-exceeded", "Upload length exceeded", string.Create(
            CultureInfo.InvariantCulture,
            $"The upload has {upload.Length} bytes and is at offset {upload.Offset}, but the body has more than the remaining {upload.Length - upload.Offset} bytes."));

    public static Problem OffsetMismatch(long offset, long requested) => new(
        409, "upload-offset-mismatch", "Upload offset mismatch", string.Create(
            CultureInfo.InvariantCulture, $"The upload is at offset {offset}, but Upload-Offset is {requested}. Nothing was changed."));

    /// <summary>Why an upload accepts no more bytes, or <see langword="null"/> if it is open or has become an image.</summary>
    public static Problem? CheckOpen(ResumableUpload? upload, DateTimeOffset now) => upload switch
    {
        null => NotFound,
        { Refusal: UploadEnd.Terminated } => Gone("was terminated"),
        { ImageId: not null } => null,
        { Refusal: UploadEnd.Expired } => Gone("has expired"),
        { Refusal: { } slug } => Gone($"ended because its content was refused ({slug})"),
        _ when upload.ExpiresAt <= now => Gone("has expired"),
        _ => null,
    };

    private static Problem Gone(string sentence) => new(410, "upload-gone", "Gone", $"The upload {sentence}. Start a new one.");
}

/// <summary>Values of <see cref="ResumableUpload.Refusal"/> for an upload that ended for another reason than its content.</summary>
internal static class UploadEnd
{
    public const string Terminated = "terminated";
    public const string Expired = "expired";
}
