using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images.Metadata;
using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Images;

internal static class ImageEndpoints
{
    public static void MapImage(this IEndpointRouteBuilder routes)
    {
        var images = routes.MapGroup("/images").WithTags("Images");

        images.MapMethods("/{id}", ["GET", "HEAD"], GetImage)
            .Owns(Owned.Image, Scopes.ReadImages)
            .WithName(nameof(GetImage)).WithSummary("An image's details")
            .WithDescription(
                "With `wait=analysis` the answer comes as soon as the image is not `pending`, and after 30 s as it is. 503 if too many requests wait already.")
            .ReadsQuery(query => ImageWaits.Read(query))
            .Produces<ImageResponse>().Produces(304)
            .Refuses(401, 403, 404, 422, 503);

        images.MapPut("/{id}", UpdateImage)
            .Owns(Owned.Image, Scopes.WriteImages)
            .WithName(nameof(UpdateImage)).WithSummary("Change an image's metadata")
            .WithDescription(
                "Accepts any of the fields. Once the image has content, values that were read from the file can be repeated but not changed, and the image is analysed again.")
            .ReadsJson((fields, services) => ImageUpdate.Read(fields, services.GetRequiredService<IOptions<UploadOptions>>().Value))
            .Produces<ImageResponse>()
            .Refuses(401, 403, 404, 413, 415, 422, 503);

        images.MapDelete("/{id}", DeleteImage)
            .Owns(Owned.Image, Scopes.WriteImages)
            .WithName(nameof(DeleteImage)).WithSummary("Delete an image")
            .WithDescription("The image is invisible at once. Its bytes, renditions and cached copies are removed soon after.")
            .Produces<DetailResponse>()
            .Refuses(401, 403, 404, 503);
    }

    private static async Task<IResult> GetImage(RouteId id, HttpRequest http, ImageReads images, ImageWaits waits, CancellationToken cancellationToken)
    {
        if (http.QueryString.HasValue)
        {
            var query = ParameterReader.ForQuery(http);
            var isWaiting = ImageWaits.Read(query);

            if (query.Errors.Problem is { } refusal)
            {
                return refusal;
            }

            if (isWaiting)
            {
                return (await waits.FindAsync(id.Value, cancellationToken)).ToResult(image => new ImageResult(image));
            }
        }

        return await images.FindAsync(id.Value, cancellationToken) is { } found
            ? new ImageResult(found)
            : Problems.ImageNotFound;
    }

    private static async Task<IResult> UpdateImage(
        RouteId id, HttpRequest http, ImageUpdates images, IOptions<UploadOptions> limits, CancellationToken cancellationToken)
    {
        if (!(await JsonBody.ReadAsync(http, fields => ImageUpdate.Read(fields, limits.Value), cancellationToken)).TryGet(out var update, out var refusal))
        {
            return refusal;
        }

        return (await images.UpdateAsync(id.Value, update, cancellationToken)).ToResult(image => new ImageResult(ImageView.From(image)));
    }

    private static async Task<IResult> DeleteImage(RouteId id, HttpContext http, ImageDeletion deletion, CancellationToken cancellationToken) =>
        await deletion.DeleteAsync(id.Value, http.Address(), cancellationToken)
            ? TypedResults.Ok(new DetailResponse("Image deleted successfully"))
            : Problems.ImageNotFound;
}
