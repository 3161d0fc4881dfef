using System.Globalization;
using BillionHearts.Api.Images;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Uploads.Intake;

/// <summary>The reasons to refuse an upload. A refusal because of a limit names the limit and the value that exceeds it.</summary>
internal static class UploadProblems
{
    public static readonly Problem Empty = new(422, "empty-file", "Empty file", "The file is empty.");

    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(2);

    public static Problem TooLarge(long maxBytes) => new(
        413, "image-too-large", "Image too large",
        $"The file is larger than the limit of {maxBytes.ToString(CultureInfo.InvariantCulture)} bytes ({Megabytes(maxBytes)} MB).");

    public static Problem Overloaded(long taken, long limit, long needed) => new(
        503, "overloaded", "Service unavailable", string.Create(
            CultureInfo.InvariantCulture,
            $"The server is receiving uploads of {taken} bytes and accepts at most {limit} bytes at once; this upload needs {needed}. Nothing of it was read. Send it again in a moment."))
    { RetryAfter = s_retryAfter };

    public static Problem TooSlow(TimeSpan limit) => new(
        408, "upload-too-slow", "Request timeout", string.Create(
            CultureInfo.InvariantCulture,
            $"The upload took longer than the limit of {limit.TotalSeconds:0.#} seconds. Nothing was stored. Over a slow connection, use resumable uploads at /uploads."));

    public static Problem QuotaOfImages(long count, long limit) => Quota(string.Create(
        CultureInfo.InvariantCulture, $"The user has {count} images; the limit is {limit}"));

    public static Problem QuotaOfBytes(long stored, long more, long limit) => Quota(string.Create(
        CultureInfo.InvariantCulture, $"The user's images have {stored} bytes and this one would add {more}; the limit is {limit} bytes"));

    public static Problem MalformedForm(string fault) =>
        new(400, "malformed-form", "Malformed form", $"The multipart/form-data body cannot be read: {fault}.");

    public static Problem Unsupported(ReadOnlySpan<byte> firstBytes)
    {
        var accepted = $"Accepted: {FileType.Names}.";
        var detail = ImageHeaders.Guess(firstBytes) is { } guess
            ? $"The file looks like {guess}. {accepted}"
            : $"The file is not a known image. {accepted}";

        return new Problem(415, "unsupported-image", "Unsupported image", detail);
    }

    public static Problem Corrupt(FileType type, string fault) =>
        new(422, "corrupt-image", "Corrupt image", $"The file starts like a {type.Name} image, but {fault}.");

    public static Problem EndsInHeader(FileType type) => Corrupt(type, "it ends before its dimensions are given");

    public static Problem HeaderTooLong(FileType type, int limit) =>
        Corrupt(type, $"its dimensions are not within the first {limit} bytes, which is the limit");

    /// <summary>What is wrong with the dimensions, or <see langword="null"/>.</summary>
    public static Problem? CheckDimensions(long width, long height, UploadOptions limits)
    {
        if (width > limits.MaxSide || height > limits.MaxSide)
        {
            return new Problem(
                422, "image-dimensions", "Image dimensions", $"The image is {width} × {height} pixels. The limit for either side is {limits.MaxSide} pixels.");
        }

        return width * height > limits.MaxPixels
            ? new Problem(
                422, "too-many-pixels", "Too many pixels",
                $"The image has {width * height} pixels ({width} × {height}). The limit is {limits.MaxPixels} pixels.")
            : null;
    }

    private static Problem Quota(string sentence) => new(429, "quota-exceeded", "Quota exceeded", $"{sentence}. Delete images to make room.");

    private static string Megabytes(long bytes) => (bytes / 1024d / 1024d).ToString("0.##", CultureInfo.InvariantCulture);
}
