using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images;
using BillionHearts.Api.Images.Metadata;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using BillionHearts.Api.Uploads.Direct;
using BillionHearts.Api.Uploads.Form;
using BillionHearts.Api.Uploads.Intake;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Uploads;

internal static class UploadEndpoints
{
    public static void MapUpload(this IEndpointRouteBuilder routes) => routes.MapGroup("/images").WithTags("Images")
        .MapPost("/", CreateImage)
        .Owns(Owned.UserInBody, Scopes.WriteImages)
        .WithName(nameof(CreateImage)).WithSummary("Upload an image, or announce one")
        .WithDescription(
            "As multipart/form-data: the bytes (`file`), `user_id` and optionally `original_filename`, in any order; type, dimensions and size are read from " +
            "the file. As application/json: only the metadata; the image then awaits its content, and `upload` says how to send it.")
        .ReadsJson((fields, services) => ImageMetadata.Read(fields, services.GetRequiredService<IOptions<UploadOptions>>().Value))
        .ReadsUploadForm().ReadsIdempotencyKey().ReadsDigests()
        .Produces<ImageResponse>()
        .Refuses(400, 401, 403, 404, 408, 413, 415, 422, 429, 503);

    /// <summary>Two requests share this route; the Content-Type distinguishes them.</summary>
    private static async Task<IResult> CreateImage(
        HttpRequest http, Announcements announcements, FormUpload uploads, UploadTelemetry telemetry, IOptions<UploadOptions> limits, CancellationToken cancellationToken)
    {
        if (FormRequest.IsForm(http))
        {
            return telemetry.Answer(await uploads.ReceiveAsync(http), http);
        }

        if (!JsonBody.IsJson(http))
        {
            return Problems.UnsupportedContentType(http.ContentType, $"{FormRequest.ContentType} or {JsonBody.ContentType}");
        }

        if (!(await JsonBody.ReadAsync(http, fields => ImageMetadata.Read(fields, limits.Value), cancellationToken)).TryGet(out var metadata, out var refusal))
        {
            return refusal;
        }

        return (Caller.CheckUser(http.HttpContext, metadata.UserId) ?? UploadProblems.CheckDimensions(metadata.Width, metadata.Height, limits.Value)) is { } unfit
            ? unfit
            : (await announcements.AnnounceAsync(http, metadata, cancellationToken)).ToResult(answer => answer.ToResult(http.HttpContext.Response));
    }
}
