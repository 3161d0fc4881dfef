using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Platform.Http;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Accounts.Sessions;

internal static class SessionEndpoints
{
    private static readonly Problem s_notFound = new(404, "session-not-found", "Not found", "Session not found");

    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        var sessions = routes.MapGroup("/users/{id}/sessions").WithTags("Account");

        sessions.MapGet("/", ListSessions)
            .Owns(Owned.User, Scopes.Account)
            .WithName(nameof(ListSessions)).WithSummary("List a user's sessions")
            .WithDescription(
                "The sign-ins with `scope=offline_access` that have not ended, the oldest first. `last_used_at` is exact to a minute, `address` is the client's at that time, " +
                "`current` is the session that the access token of this request comes from. Always needs a token.")
            .Produces<IReadOnlyList<SessionResponse>>()
            .Refuses(401, 403, 503);

        sessions.MapDelete("/{session}", EndSession)
            .Owns(Owned.User, Scopes.Account)
            .WithName(nameof(EndSession)).WithSummary("End a session")
            .WithDescription("Its refresh token is refused from now on. Access tokens that it gave stay valid until they expire.")
            .Produces<DetailResponse>()
            .Refuses(401, 403, 404, 503);
    }

    private static async Task<IResult> ListSessions(RouteId id, HttpContext http, SessionStore sessions, CancellationToken cancellationToken)
    {
        http.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(await sessions.ListAsync(id.Value, Caller.SessionOf(http.User), cancellationToken));
    }

    private static async Task<IResult> EndSession(RouteId id, RouteId session, HttpContext http, SessionStore sessions, CancellationToken cancellationToken) =>
        await sessions.EndAsync(id.Value, session.Value, http.Address(), cancellationToken)
            ? TypedResults.Ok(new DetailResponse("Session ended"))
            : s_notFound;
}

/// <param name="Address">The client's IP address at the last use.</param>
/// <param name="Current">Whether the request's access token comes from this session.</param>
internal sealed record SessionResponse(long Id, string? Client, DateTime CreatedAt, DateTime LastUsedAt, string? Address, bool Current);
