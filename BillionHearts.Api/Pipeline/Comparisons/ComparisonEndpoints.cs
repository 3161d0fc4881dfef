using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;

namespace BillionHearts.Api.Pipeline.Comparisons;

/// <summary>What operators may find out about a new version of the analyser before they repeat what older ones made.</summary>
internal static class ComparisonEndpoints
{
    public static void MapComparisons(this IEndpointRouteBuilder routes)
    {
        var comparisons = routes.MapGroup("/analysis/comparisons").WithTags("Operators");

        comparisons.MapPost("/", StartComparison)
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(StartComparison)).WithSummary("Compare stored analyses with those of the current workers")
            .WithDescription(
                $"Draws a random sample of at most `sample` analysed images ({ComparisonRequest.DefaultSample} if it is not given, {ComparisonRequest.MaxSample} at most); with `analyzer` only those that lower versions of it " +
                "made, with `user_id` only that user's. Workers analyse them again, one after the other and behind all uploads. Nothing of an image changes, and its renditions stay as they " +
                "are. Only one comparison at a time. Recorded in the operator's audit trail.")
            .ReadsJson(ComparisonRequest.Read)
            .Produces<ComparisonResponse>()
            .Refuses(401, 403, 409, 413, 415, 422, 503);

        comparisons.MapGet("/", ListComparisons)
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(ListComparisons)).WithSummary("List comparisons")
            .WithDescription($"Newest first, at most {ComparisonStore.MaxListed}, without their reports.")
            .Produces<IReadOnlyList<ComparisonResponse>>()
            .Refuses(401, 403, 503);

        comparisons.MapGet("/{id}", GetComparison)
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(GetComparison)).WithSummary("A comparison's progress and what differs")
            .WithDescription(
                $"For each field that differs: in how many images, and by how much if it is a number; how long an image takes; and the {ComparisonSummary.MaxDifferent} images with the most differences. " +
                "Values of what the camera wrote are not shown.")
            .Produces<ComparisonResponse>()
            .Refuses(401, 403, 404, 503);

        comparisons.MapPost("/{id}/cancel", CancelComparison)
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(CancelComparison)).WithSummary("End a comparison early")
            .WithDescription("What was compared stays.")
            .Produces<ComparisonResponse>()
            .Refuses(401, 403, 404, 409, 503);
    }

    private static async Task<IResult> StartComparison(HttpContext http, ComparisonStore comparisons, CancellationToken cancellationToken) =>
        (await JsonBody.ReadAsync(http.Request, ComparisonRequest.Read, cancellationToken)).TryGet(out var request, out var refusal)
            ? (await comparisons.StartAsync(request, Caller.From(http.User).UserId, http.Address(), cancellationToken)).ToResult(TypedResults.Ok)
            : refusal;

    private static async Task<IResult> ListComparisons(HttpResponse http, ComparisonStore comparisons, CancellationToken cancellationToken)
    {
        http.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(await comparisons.ListAsync(cancellationToken));
    }

    private static async Task<IResult> GetComparison(RouteId id, HttpResponse http, ComparisonStore comparisons, CancellationToken cancellationToken)
    {
        http.Headers.CacheControl = "private, no-store";
        return (await comparisons.FindAsync(id.Value, cancellationToken)).ToResult(TypedResults.Ok);
    }

    private static async Task<IResult> CancelComparison(RouteId id, HttpContext http, ComparisonStore comparisons, CancellationToken cancellationToken) =>
        (await comparisons.CancelAsync(id.Value, Caller.From(http.User).UserId, http.Address(), cancellationToken)).ToResult(TypedResults.Ok);
}
