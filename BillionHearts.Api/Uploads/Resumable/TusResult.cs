using System.Globalization;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>The state of an upload, in the headers of the protocol.</summary>
internal sealed record TusResult(int Status, ResumableUpload Upload) : IResult
{
    /// <summary>The address of an upload. It has no host, so it is right for every host that a client may use.</summary>
    public static string Address(ResumableUpload upload) => $"{Tus.Path}/{upload.Id}";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        httpContext.Response.StatusCode = Status;
        headers.CacheControl = "no-store";
        headers[Tus.Headers.Offset] = Upload.Offset.ToString(CultureInfo.InvariantCulture);

        if (Status is StatusCodes.Status201Created)
        {
            headers.Location = Address(Upload);
        }
        else if (Status is StatusCodes.Status200OK)
        {
            headers[Tus.Headers.Length] = Upload.Length.ToString(CultureInfo.InvariantCulture);
            headers[Tus.Headers.Metadata] = Upload.Metadata;
        }

        if (Upload.ImageId is { } image)
        {
            headers.ContentLocation = string.Create(CultureInfo.InvariantCulture, $"/images/{image}");
        }
        else
        {
            headers[Tus.Headers.Expires] = Upload.ExpiresAt.ToString("r", CultureInfo.InvariantCulture);
        }

        return Task.CompletedTask;
    }
}
