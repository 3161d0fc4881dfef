using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;

namespace BillionHearts.Api.Pipeline.DeadLetters;

/// <summary>What operators may do with messages that no consumer could handle.</summary>
internal static class DeadLetterEndpoints
{
    public static void MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        var letters = routes.MapGroup("/operator/dead-letters").WithTags("Operators");

        letters.MapGet("/", ListDeadLetters)
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(ListDeadLetters)).WithSummary("List messages that no consumer could handle")
            .WithDescription($"Newest first, {DeadLetterList.PageSize} per page. For the next page, set `before` to the last id of this one.")
            .Produces<IReadOnlyList<DeadLetterResponse>>()
            .Refuses(401, 403, 422, 503);

        letters.MapGet("/{id}", GetDeadLetter)
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(GetDeadLetter)).WithSummary("One of them, with headers and body")
            .Produces<DeadLetterDetail>()
            .Refuses(401, 403, 404, 503);

        letters.MapPost("/{id}/replay", ReplayDeadLetter)
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(ReplayDeadLetter)).WithSummary("Send a message again")
            .WithDescription("With its routing key, id, headers and body, through the outbox, once. A message that fails again becomes a new dead letter. Recorded in the operator's audit trail.")
            .Produces<ReplayResponse>()
            .Refuses(401, 403, 404, 409, 503);

        letters.MapPost("/replay", ReplayDeadLetters)
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(ReplayDeadLetters)).WithSummary("Send all of them again")
            .WithDescription("Those that are listed now, oldest first; without those whose routing key is unknown.")
            .Produces<ReplayResponse>()
            .Refuses(401, 403, 503);

        letters.MapDelete("/{id}", DeleteDeadLetter)
            .Owns(Owned.Installation, Scopes.Operate)
            .WithName(nameof(DeleteDeadLetter)).WithSummary("Delete a message")
            .WithDescription("It is lost. An image whose analysis it requested is failed then, with the reason dead_letter, and can be analysed again.")
            .Produces<DetailResponse>()
            .Refuses(401, 403, 404, 503);
    }

    private static async Task<IResult> ListDeadLetters(string? before, HttpResponse http, DeadLetterList letters, CancellationToken cancellationToken)
    {
        var last = long.MaxValue;

        if (before is not null && (!WholeNumber.TryParse(before, out last) || last is 0))
        {
            return Problems.InvalidField("before", $"must be the id of a dead letter, not '{Problems.Shorten(before)}'");
        }

        http.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(await letters.ReadAsync(last, cancellationToken));
    }

    private static async Task<IResult> GetDeadLetter(RouteId id, HttpResponse http, DeadLetterList letters, CancellationToken cancellationToken)
    {
        if (await letters.FindAsync(id.Value, cancellationToken) is not { } found)
        {
            return DeadLetterStore.NotFound;
        }

        http.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(found);
    }

    private static async Task<IResult> ReplayDeadLetter(RouteId id, HttpContext http, DeadLetterStore letters, CancellationToken cancellationToken) =>
        await letters.ReplayAsync(id.Value, Caller.From(http.User).UserId, http.Address(), cancellationToken) is { } refusal
            ? refusal
            : TypedResults.Ok(new ReplayResponse(1));

    private static async Task<IResult> ReplayDeadLetters(HttpContext http, DeadLetterStore letters, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ReplayResponse(await letters.ReplayAllAsync(Caller.From(http.User).UserId, http.Address(), cancellationToken)));

    private static async Task<IResult> DeleteDeadLetter(RouteId id, HttpContext http, DeadLetterStore letters, CancellationToken cancellationToken) =>
        await letters.DeleteAsync(id.Value, Caller.From(http.User).UserId, http.Address(), cancellationToken)
            ? TypedResults.Ok(new DetailResponse("Dead letter deleted"))
            : DeadLetterStore.NotFound;
}
