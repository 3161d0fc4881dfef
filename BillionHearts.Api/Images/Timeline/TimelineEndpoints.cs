using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;

namespace BillionHearts.Api.Images.Timeline;

internal static class TimelineEndpoints
{
    public static void MapTimeline(this IEndpointRouteBuilder routes) => routes
        .MapGet("/images/{id}/timeline", GetTimeline)
        .Owns(Owned.Image, Scopes.ReadImages)
        .WithName(nameof(GetTimeline)).WithTags("Images").WithSummary("What has happened to an image")
        .WithDescription(
            "Every step, oldest first, with its time, attempt, duration, worker, outcome, error and trace. While an analysis waits, `waiting` says where, " +
            "how many are before it and when it will probably be done.")
        .Produces<TimelineResponse>()
        .Refuses(401, 403, 404, 503);

    private static async Task<IResult> GetTimeline(RouteId id, HttpResponse http, ImageTimeline timeline, CancellationToken cancellationToken)
    {
        if (await timeline.FindAsync(id.Value, cancellationToken) is not { } found)
        {
            return Problems.ImageNotFound;
        }

        http.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(found);
    }
}
