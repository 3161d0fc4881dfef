using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Accounts.Audit;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;

namespace BillionHearts.Api.Pipeline.Reruns;

/// <summary>What operators may do with the analysis of many images at once.</summary>
internal static class RerunEndpoints
{
    public static void MapReruns(this IEndpointRouteBuilder routes)
    {
        var analysis = routes.MapGroup("/analysis").WithTags("Operators");

        analysis.MapPost("/rerun", StartRerun)
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(StartRerun)).WithSummary("Analyse many images again")
            .WithDescription(
                "`scope`: all, failed, or older_than, which repeats what lower versions of `analyzer` made. With `user_id` only that user's images. They are queued in small " +
                "portions behind all new uploads (those that take much memory: in turn with new ones of that kind), and fewer while uploads are slow. An analysed image keeps its result until the new one arrives, and if the new analysis fails. " +
                "Only one re-run at a time. With `dry_run=true` nothing starts, and the answer is the forecast. Recorded in the operator's audit trail.")
            .ReadsQuery(query => ReadDryRun(query))
            .ReadsJson(RerunRequest.Read)
            .Produces<RerunResponse>()
            .Refuses(401, 403, 409, 413, 415, 422, 503);

        analysis.MapGet("/reruns", ListReruns)
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(ListReruns)).WithSummary("List re-runs")
            .WithDescription($"Newest first, at most {RerunStore.MaxListed}.")
            .Produces<IReadOnlyList<RerunResponse>>()
            .Refuses(401, 403, 503);

        analysis.MapGet("/reruns/{id}", GetRerun)
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(GetRerun)).WithSummary("A re-run's progress")
            .Produces<RerunResponse>()
            .Refuses(401, 403, 404, 503);

        MapChange(analysis, "pause", "PauseRerun", "Pause a re-run", [RerunState.Running], RerunState.Paused, AuditAction.RerunPaused);
        MapChange(analysis, "resume", "ResumeRerun", "Resume a paused re-run", [RerunState.Paused], RerunState.Running, AuditAction.RerunResumed);
        MapChange(analysis, "cancel", "CancelRerun", "End a re-run early", [RerunState.Running, RerunState.Paused], RerunState.Cancelled, AuditAction.RerunCancelled);
    }

    private static void MapChange(RouteGroupBuilder analysis, string verb, string name, string summary, string[] from, string to, string action) => analysis
        .MapPost($"/reruns/{{id}}/{verb}", async (RouteId id, HttpContext http, RerunStore reruns, CancellationToken cancellationToken) =>
            (await reruns.ChangeAsync(id.Value, from, to, action, Caller.From(http.User).UserId, http.Address(), cancellationToken)).ToResult(TypedResults.Ok))
        .Owns(Owned.Installation, Scopes.Operate)
        .WithName(name).WithSummary(summary)
        .WithDescription("No further image is queued once this has been answered; those that are `outstanding` end by themselves.")
        .Produces<RerunResponse>()
        .Refuses(401, 403, 404, 409, 503);

    private static async Task<IResult> StartRerun(HttpContext http, RerunStore reruns, RerunForecasts forecasts, CancellationToken cancellationToken)
    {
        var query = ParameterReader.ForQuery(http.Request);
        var isDryRun = ReadDryRun(query);

        if (query.Errors.Problem is { } unclear)
        {
            return unclear;
        }

        if (!(await JsonBody.ReadAsync(http.Request, RerunRequest.Read, cancellationToken)).TryGet(out var request, out var refusal))
        {
            return refusal;
        }

        return isDryRun
            ? TypedResults.Ok(await forecasts.EstimateAsync(request, cancellationToken))
            : (await reruns.StartAsync(request, Caller.From(http.User).UserId, http.Address(), cancellationToken)).ToResult(TypedResults.Ok);
    }

    private static bool ReadDryRun(ParameterReader query) =>
        query.OneOf("dry_run", text => text is "true" or "false" ? text : null, ["true", "false"]) is "true";

    private static async Task<IResult> ListReruns(HttpResponse http, RerunStore reruns, CancellationToken cancellationToken)
    {
        http.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(await reruns.ListAsync(cancellationToken));
    }

    private static async Task<IResult> GetRerun(RouteId id, HttpResponse http, RerunStore reruns, CancellationToken cancellationToken)
    {
        http.Headers.CacheControl = "private, no-store";
        return (await reruns.FindAsync(id.Value, cancellationToken)).ToResult(TypedResults.Ok);
    }
}
