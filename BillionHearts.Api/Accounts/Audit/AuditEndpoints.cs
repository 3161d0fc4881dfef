using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Accounts.Audit;

internal static class AuditEndpoints
{
    private const int PageSize = 100;

    public static void MapAudit(this IEndpointRouteBuilder routes) => routes
        .MapGet("/users/{id}/audit", ListAuditEvents)
        .Owns(Owned.User, Scopes.Account)
        .WithName(nameof(ListAuditEvents)).WithTags("Account").WithSummary("List a user's audit events")
        .WithDescription($"Sign-ins, deletions, merges, and changes of keys, sessions and shares, newest first, {PageSize} per page. For the next page, set `before` to the last id of this one. Always needs a token.")
        .Produces<IReadOnlyList<AuditEventResponse>>()
        .Refuses(401, 403, 422, 503);

    private static async Task<IResult> ListAuditEvents(
        RouteId id, string? before, HttpResponse http, ImagesDbContext db, CancellationToken cancellationToken)
    {
        var last = long.MaxValue;

        if (before is not null && (!WholeNumber.TryParse(before, out last) || last is 0))
        {
            return Problems.InvalidField("before", $"must be the id of an audit entry, not '{Problems.Shorten(before)}'");
        }

        var found = await db.AuditEvents.AsNoTracking()
            .Where(audit => audit.UserId == id.Value && audit.Id < last)
            .OrderByDescending(audit => audit.Id)
            .Take(PageSize)
            .ToListAsync(cancellationToken);

        http.Headers.CacheControl = "private, no-store";
        return TypedResults.Ok(found.Select(audit => new AuditEventResponse(audit.Id, audit.At.UtcDateTime, audit.Action, audit.Subject, audit.Address)));
    }
}

/// <param name="Action">sign_in, sign_in_failed, image_deleted, image_merged, image_restored, key_created, key_revoked, session_opened, session_ended, share_created, share_revoked, and for operators analysis_repeated, rerun_started, rerun_paused,
/// rerun_resumed, rerun_cancelled, dead_letter_replayed, dead_letters_replayed or dead_letter_deleted.</param>
/// <param name="Subject">The id of the image, key, session, share, re-run or dead letter that was changed.</param>
internal sealed record AuditEventResponse(long Id, DateTime At, string Action, long? Subject, string? Address);
