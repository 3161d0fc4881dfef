using BillionHearts.Api.Access;
using BillionHearts.Api.Audit;
using BillionHearts.Api.Data.Batches;
using BillionHearts.Api.Errors;
using BillionHearts.Api.Input;
using BillionHearts.Api.Reference;
using BillionHearts.Api.Removal;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Images;

internal static class ImageEndpoints
{
    public static void AddImages(this IServiceCollection services)
    {
        services.AddOptions<UploadOptions>().BindConfiguration(UploadOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddScoped<ContentIntake>();
        services.AddScoped<ContentCommits>();
        services.AddScoped<UserQuota>();
        services.AddScoped<UploadAdmission>();
        services.AddScoped<ImageUploads>();
        services.AddScoped<ContentUploads>();
        services.AddScoped<DirectUploads>();
        services.AddScoped<Announcements>();
        services.AddScoped<ImageUpdates>();
        services.AddSingleton<AnalysisDispatch>();
        services.AddSingleton<BatchDatabase>();
        services.AddSingleton<ImageReads>();
        services.AddSingleton<NewAnnouncements>();
        services.AddSingleton<ByteBudget>();
        services.AddSingleton<UploadGate>();
        services.AddSingleton<UploadTargets>();
        services.AddSingleton<ImageRenderer>();
    }

    public static void MapImages(this IEndpointRouteBuilder routes)
    {
        var images = routes.MapGroup("/images").WithTags("Images");

        images.MapPost("/", CreateImage)
            .Owns(Owned.UserInBody, Scopes.WriteImages)
            .WithName(nameof(CreateImage)).WithSummary("Upload an image, or announce one")
            .WithDescription(
                "As multipart/form-data: the bytes (`file`), `user_id` and optionally `original_filename`, in any order; type, dimensions and size come from " +
                "the bytes. As application/json: the metadata alone; the image then awaits its content, and `upload` says how to send it.")
            .ReadsJson<ImageMetadata>().ReadsUploads().ReadsIdempotencyKey().ReadsDigests()
            .Produces<ImageResponse>()
            .Refuses(400, 401, 403, 404, 408, 413, 415, 422, 429, 503);

        images.MapMethods("/{id}", ["GET", "HEAD"], GetImage)
            .Owns(Owned.Image, Scopes.ReadImages)
            .WithName(nameof(GetImage)).WithSummary("An image's details")
            .Produces<ImageResponse>().Produces(304)
            .Refuses(401, 403, 404, 503);

        images.MapPut("/{id}", UpdateImage)
            .Owns(Owned.Image, Scopes.WriteImages)
            .WithName(nameof(UpdateImage)).WithSummary("Change an image's metadata")
            .WithDescription(
                "Any of the fields. Once the bytes are here, what was measured from them may be repeated and not changed; the image is then analysed again.")
            .ReadsJson<ImageUpdate>()
            .Produces<ImageResponse>()
            .Refuses(401, 403, 404, 413, 415, 422, 503);

        images.MapDelete("/{id}", DeleteImage)
            .Owns(Owned.Image, Scopes.WriteImages)
            .WithName(nameof(DeleteImage)).WithSummary("Delete an image")
            .WithDescription("It is invisible at once; its bytes, renditions and cached copies go soon after.")
            .Produces<DeletedResponse>()
            .Refuses(401, 403, 404, 503);
    }

    /// <summary>Two requests under one address, told apart by their Content-Type.</summary>
    private static async Task<IResult> CreateImage(
        HttpRequest http, Announcements announcements, ImageUploads uploads, IOptions<UploadOptions> limits, CancellationToken cancellationToken)
    {
        if (ImageUploads.IsUpload(http))
        {
            return await uploads.ReceiveAsync(http, cancellationToken);
        }

        if (!JsonBody.IsJson(http))
        {
            return Problems.UnsupportedContentType(http.ContentType, $"{ImageUploads.ContentType} or {JsonBody.ContentType}");
        }

        var (metadata, refusal) = await JsonBody.ReadAsync(http, fields => ImageMetadata.Read(fields, limits.Value), cancellationToken);

        if (metadata is null || (refusal = Caller.JudgeFor(http.HttpContext, metadata.UserId) ?? UploadProblems.OfDimensions(metadata.Width, metadata.Height, limits.Value)) is not null)
        {
            return refusal!;
        }

        return await announcements.AnnounceAsync(http, metadata, cancellationToken);
    }

    private static async Task<IResult> GetImage(RouteId id, ImageReads images, CancellationToken cancellationToken) =>
        await images.FindAsync(id.Value, cancellationToken) is { } found
            ? new ImageResult(found)
            : Problems.ImageNotFound;

    private static async Task<IResult> UpdateImage(
        RouteId id, HttpRequest http, ImageUpdates images, IOptions<UploadOptions> limits, CancellationToken cancellationToken)
    {
        var (update, refusal) = await JsonBody.ReadAsync(http, fields => ImageUpdate.Read(fields, limits.Value), cancellationToken);
        return update is null ? refusal! : await images.UpdateAsync(id.Value, update, cancellationToken);
    }

    private static async Task<IResult> DeleteImage(RouteId id, HttpContext http, ImageDeletion deletion, CancellationToken cancellationToken) =>
        await deletion.DeleteAsync(id.Value, http.Address(), cancellationToken)
            ? TypedResults.Ok(new DeletedResponse("Image deleted successfully"))
            : Problems.ImageNotFound;
}

internal sealed record DeletedResponse(string Detail);
