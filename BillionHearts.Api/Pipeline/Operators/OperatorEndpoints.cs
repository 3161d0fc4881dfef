using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Pipeline.Operators;

/// <summary>What operators may do with any user's image: see why its analysis failed, and repeat the analysis. They cannot see the image.</summary>
internal static class OperatorEndpoints
{
    /// <summary>Most images have a handful of attempts; an image that is analysed repeatedly has more.</summary>
    private const int MaxAttempts = 500;

    public static void MapOperators(this IEndpointRouteBuilder routes)
    {
        var images = routes.MapGroup("/operator/images/{id}").WithTags("Operators");

        images.MapGet("/attempts", ListAttempts)
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(ListAttempts)).WithSummary("List an image's analysis attempts")
            .WithDescription($"The result of each attempt, newest first, at most {MaxAttempts}. Includes deleted images that are not removed yet.")
            .Produces<IReadOnlyList<AttemptResponse>>()
            .Refuses(401, 403, 404, 422, 503);

        routes.MapGet("/operator/quarantine", ListQuarantine)
            .WithTags("Operators")
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(ListQuarantine)).WithSummary("List images whose decoder ended")
            .WithDescription($"Images that crashed their decoder or reached its limits in the current version, newest first, at most {MaxAttempts}, each with what is needed to reproduce it: the file's key, the versions, the exit code and the error output.")
            .Produces<IReadOnlyList<QuarantinedImageResponse>>()
            .Refuses(401, 403, 503);

        images.MapPost("/analysis", AnalyzeAgain)
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(AnalyzeAgain)).WithSummary("Analyse an image again")
            .WithDescription("The same analysis as after an upload, but queued behind all new uploads. Replaces an analysis that is under way. An analysed image keeps its result until the new one arrives. Recorded in the operator's audit trail.")
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
        return TypedResults.Ok(attempts.Select(AttemptResponse.From));
    }

    private static async Task<IResult> ListQuarantine(ImagesDbContext db, HttpResponse http, CancellationToken cancellationToken)
    {
        var newest = await db.AnalysisAttempts.AsNoTracking()
            .Where(attempt => attempt.Diagnosis != null)
            .OrderByDescending(attempt => attempt.FinishedAt).ThenByDescending(attempt => attempt.RequestId)
            .Join(db.Images, attempt => new { Id = attempt.ImageId, attempt.Version }, image => new { image.Id, image.Version }, (attempt, image) => new { attempt, image })
            .Take(MaxAttempts)
            .ToListAsync(cancellationToken);

        http.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(newest.DistinctBy(found => found.image.Id).Select(found => new QuarantinedImageResponse(
            found.image.Id, found.image.UserId, found.image.StoragePath, Convert.ToHexStringLower(found.image.Sha256!), found.image.Status,
            AttemptResponse.From(found.attempt))));
    }

    private static async Task<IResult> AnalyzeAgain(RouteId id, Reanalysis reanalysis, HttpContext http, CancellationToken cancellationToken) =>
        (await reanalysis.BeginAsync(id.Value, Caller.From(http.User).UserId, http.Address(), cancellationToken)).ToResult(TypedResults.Ok);
}
