using System.Globalization;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Uploads.Direct;

/// <summary>Compares content that a client wrote to the store with the announced metadata.</summary>
internal static class AnnouncedContent
{
    public static readonly Problem NotThere = new(
        409, "content-not-uploaded", "Conflict",
        "The content has not been uploaded yet. Upload it as the image's `upload` object says, then call complete. If that address has expired, GET the image for a new one.");

    public static Problem? Compare(Image image, byte[]? sha256, StoredContent content)
    {
        if (content.Length != image.FileSize)
        {
            return Mismatch("file_size", image.FileSize, content.Length);
        }

        if (content.Image.Type.Name != image.FileType)
        {
            return Mismatch("file_type", image.FileType, content.Image.Type.Name);
        }

        if (content.Image.Width != image.Width || content.Image.Height != image.Height)
        {
            return Mismatch("width and height", $"{image.Width} × {image.Height}", $"{content.Image.Width} × {content.Image.Height}");
        }

        return sha256 is null || sha256.AsSpan().SequenceEqual(content.Sha256)
            ? null
            : Mismatch("sha256", Convert.ToHexStringLower(sha256), Convert.ToHexStringLower(content.Sha256));
    }

    public static Problem Mismatch(string field, object announced, object actual) => new(
        422, "content-mismatch", "Content mismatch",
        string.Create(CultureInfo.InvariantCulture, $"The content does not match the announced metadata: {field} was announced as {announced} and is {actual}. Correct the metadata, or send the right content."));
}
