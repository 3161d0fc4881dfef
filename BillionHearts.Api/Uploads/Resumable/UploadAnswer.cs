using System.Globalization;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>Where an upload is, told in headers as the protocol has it.</summary>
internal sealed record UploadAnswer(int Status, ResumableUpload Upload) : IResult
{
    /// <summary>The address of an upload. Without a host, so that it is right whatever the client came by.</summary>
    public static string AddressOf(ResumableUpload upload) => $"{Tus.Path}/{upload.Id}";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        httpContext.Response.StatusCode = Status;
        headers.CacheControl = "no-store";
        headers[Tus.Headers.Offset] = Upload.Offset.ToString(CultureInfo.InvariantCulture);

        if (Status is StatusCodes.Status201Created)
        {
            headers.Location = AddressOf(Upload);
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
