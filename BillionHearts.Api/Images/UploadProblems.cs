using System.Globalization;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Images;

/// <summary>The refusals of an upload. Each names its limit and the value that broke it.</summary>
internal static class UploadProblems
{
    public static readonly Problem Empty = new(422, "empty-file", "Empty file", "The file is empty.");

    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(2);

    public static Problem TooLarge(long maxBytes) => new(
        413, "image-too-large", "Image too large",
        $"The file is larger than the {maxBytes.ToString(CultureInfo.InvariantCulture)} bytes ({Megabytes(maxBytes)} MB) that are accepted.");

    public static Problem Overloaded(long taken, long limit, long needed) => new(
        503, "overloaded", "Service unavailable", string.Create(
            CultureInfo.InvariantCulture,
            $"Uploads of {taken} bytes are under way here, at most {limit} are taken on at once, and this one needs {needed}. Nothing of it was read; send it again in a moment."))
    { RetryAfter = s_retryAfter };

    public static Problem TooSlow(TimeSpan limit) => new(
        408, "upload-too-slow", "Request timeout", string.Create(
            CultureInfo.InvariantCulture,
            $"The body did not arrive within the {limit.TotalSeconds:0.#} seconds that an upload may take. Nothing was stored; send it resumably at /uploads over a connection that is slow."));

    public static Problem QuotaOfImages(long count, long limit) => Quota(string.Create(
        CultureInfo.InvariantCulture, $"The user has {count} images, and may have at most {limit}"));

    public static Problem QuotaOfBytes(long stored, long more, long limit) => Quota(string.Create(
        CultureInfo.InvariantCulture, $"The user's images have {stored} bytes, this one would add {more}, and they may have at most {limit} together"));

    public static Problem MalformedForm(string fault) =>
        new(400, "malformed-form", "Malformed form", $"The multipart/form-data body cannot be read: {fault}.");

    public static Problem Unsupported(ReadOnlySpan<byte> firstBytes)
    {
        var accepted = $"{FileType.Names} are accepted.";
        var detail = ImageHeaders.Guess(firstBytes) is { } guess
            ? $"The file's first bytes are those of {guess}; {accepted}"
            : $"The file's first bytes are those of no image that is known here; {accepted}";

        return new Problem(415, "unsupported-image", "Unsupported image", detail);
    }

    public static Problem Corrupt(FileType type, string fault) =>
        new(422, "corrupt-image", "Corrupt image", $"The file begins like an image of type {type.Name}, but {fault}.");

    public static Problem EndsInHeader(FileType type) => Corrupt(type, "it ends before its dimensions are given");

    public static Problem HeaderTooLong(FileType type, int limit) =>
        Corrupt(type, $"its dimensions do not stand within its first {limit} bytes, which is as far as is looked");

    /// <summary>What is wrong with the dimensions, or <see langword="null"/>.</summary>
    public static Problem? OfDimensions(long width, long height, UploadOptions limits)
    {
        if (width > limits.MaxSide || height > limits.MaxSide)
        {
            return new Problem(
                422, "image-dimensions", "Image dimensions", $"The image is {width} × {height} pixels; a side may have at most {limits.MaxSide}.");
        }

        return width * height > limits.MaxPixels
            ? new Problem(
                422, "too-many-pixels", "Too many pixels",
                $"The image has {width * height} pixels ({width} × {height}); at most {limits.MaxPixels} are accepted.")
            : null;
    }

    private static Problem Quota(string sentence) => new(429, "quota-exceeded", "Quota exceeded", $"{sentence}. Delete some to make room.");

    private static string Megabytes(long bytes) => (bytes / 1024d / 1024d).ToString("0.##", CultureInfo.InvariantCulture);
}
