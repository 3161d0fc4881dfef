using System.Globalization;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>What other services ask about credentials; the gateway has no route to this. One call judges a request, another many that were judged before.</summary>
internal static class HolderEndpoints
{
    private const int MaxHolders = 500;

    public static void MapHolders(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/internal/users/{id}", FindUser).Owns(Owned.User, Scopes.ReadImages).DisableRateLimiting().ExcludeFromDescription();

        // Without credentials: it tells only whether numbers are in use, and only inside.
        routes.MapPost("/internal/holders", FindStates).AllowAnonymous().DisableRateLimiting().ExcludeFromDescription();
    }

    private static async Task<IResult> FindUser(RouteId id, HttpContext http, ImagesDbContext db, CancellationToken cancellationToken) =>
        await db.Users.AsNoTracking().Where(user => user.Id == id.Value)
            .Select(user => new { user.Username, IsOperator = user.OperatorSince != null })
            .SingleOrDefaultAsync(cancellationToken) is { } user
            ? TypedResults.Ok(new JudgedUser(id.Value, user.Username, user.IsOperator, Caller.KeyOf(http.User), Caller.From(http.User).Scopes, ExpiryOf(http)))
            : Problems.UserNotFound;

    private static async Task<IResult> FindStates(HolderList list, ImagesDbContext db, CancellationToken cancellationToken)
    {
        if (list.Holders is not { Count: <= MaxHolders } holders || holders.Contains(null))
        {
            return Problems.InvalidField("holders", $"must be a list of at most {MaxHolders}");
        }

        long[] users = [.. holders.Select(holder => holder!.UserId)];
        // No key has the id 0.
        long[] keys = [.. holders.Select(holder => holder!.KeyId ?? 0)];
        var states = await db.Database.SqlQuery<string>(
            $"""
            SELECT CASE
                WHEN u.id IS NULL THEN 'unknown'
                WHEN u.disabled_at IS NOT NULL OR (h.key_id <> 0 AND k.id IS NULL) THEN 'refused'
                ELSE 'valid' END AS "Value"
            FROM unnest({users}, {keys}) WITH ORDINALITY AS h (user_id, key_id, place)
            LEFT JOIN users u ON u.id = h.user_id
            LEFT JOIN api_keys k ON k.id = h.key_id AND k.user_id = h.user_id AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
            ORDER BY h.place
            """)
            .ToListAsync(cancellationToken);

        return TypedResults.Ok(new StateList(states));
    }

    private static DateTimeOffset? ExpiryOf(HttpContext http) =>
        long.TryParse(http.User.FindFirst(JwtRegisteredClaimNames.Exp)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
}

/// <summary>A user that a caller may see, and what the caller's credentials allow.</summary>
/// <param name="IsOperator">Whether the user manages the installation.</param>
internal sealed record JudgedUser(long Id, string Username, bool IsOperator, long? KeyId, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt);

internal sealed record HolderList(IReadOnlyList<HolderRequest?>? Holders);

/// <param name="KeyId">Of the API key; without one, of an access token or no credentials.</param>
internal sealed record HolderRequest(long UserId, long? KeyId);

internal sealed record StateList(IReadOnlyList<string> Holders);
