using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Operators;

/// <summary>What those who run the system may do with anybody's image: see why its analysis failed, and have it done again. Never see the image.</summary>
internal static class OperatorEndpoints
{
    /// <summary>Newest first; an image has a handful, one that is analysed again and again has more.</summary>
    private const int MaxAttempts = 500;

    public static void MapOperators(this IEndpointRouteBuilder routes)
    {
        var images = routes.MapGroup("/operator/images/{id}").WithTags("Operators");

        images.MapGet("/attempts", ListAttempts)
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(ListAttempts)).WithSummary("The ledger of an image")
            .WithDescription($"What each attempt at analysing it came to, the newest first, {MaxAttempts} at most; also of an image that was deleted and is not removed yet.")
            .Produces<IReadOnlyList<AttemptResponse>>()
            .Refuses(401, 403, 404, 422, 503);

        images.MapPost("/analysis", AnalyzeAgain)
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(AnalyzeAgain)).WithSummary("Analyse an image again")
            .WithDescription("As after an upload, but behind all new uploads. Replaces an analysis that is under way. Noted in the operator's audit trail.")
            .Produces<AnalysisQueuedResponse>()
            .Refuses(401, 403, 404, 409, 422, 503);
    }

    private static async Task<IResult> ListAttempts(RouteId id, ImagesDbContext db, HttpResponse http, CancellationToken cancellationToken)
    {
        var attempts = await db.AnalysisAttempts.AsNoTracking()
            .Where(attempt => attempt.ImageId == id.Value)
            .OrderByDescending(attempt => attempt.FinishedAt).ThenByDescending(attempt => attempt.Attempt)
            .Take(MaxAttempts)
            .ToListAsync(cancellationToken);

        if (attempts.Count is 0 && !await db.Images.AnyAsync(image => image.Id == id.Value, cancellationToken))
        {
            return Problems.ImageNotFound;
        }

        http.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(attempts.Select(AttemptResponse.Of));
    }

    private static async Task<IResult> AnalyzeAgain(RouteId id, Reanalysis reanalysis, HttpContext http, CancellationToken cancellationToken) =>
        (await reanalysis.BeginAsync(id.Value, Caller.From(http.User).UserId, http.Address(), cancellationToken)).ToResult(TypedResults.Ok);
}
