using BillionHearts.Api.Input;
using BillionHearts.Api.Reference;

namespace BillionHearts.Api.Images;

/// <summary>The ways for content to come to an image that is known already.</summary>
internal static class ContentEndpoints
{
    public static void MapContent(this IEndpointRouteBuilder routes)
    {
        var images = routes.MapGroup("/images").WithTags("Images");

        images.MapPut("/{id}/content", PutContent)
            .WithName(nameof(PutContent)).WithSummary("Send an image's bytes")
            .WithDescription(
                "The first content of an announced image, or a new version of one that has content: it then gets a new address and is analysed again. " +
                "Type, dimensions and size come from the bytes; the Content-Type is not believed.")
            .ReadsBytes().ReadsIdempotencyKey().ReadsDigests().ReadsPreconditions()
            .Produces<ImageResponse>()
            .Refuses(400, 404, 408, 412, 413, 415, 422, 429, 503);
    }

    private static Task<IResult> PutContent(RouteId id, HttpRequest http, ContentUploads uploads, CancellationToken cancellationToken) =>
        uploads.ReceiveAsync(id.Value, http, cancellationToken);
}
