using System.Security.Claims;
using BillionHearts.Api.Accounts.Keys;
using BillionHearts.Api.Platform.Input;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.IdentityModel.JsonWebTokens;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>The user that a request's credentials belong to. No user when Development accepts a request without credentials.</summary>
internal readonly record struct Caller(long? UserId, IReadOnlyList<string> Scopes)
{
    public const string ScopeClaim = "scope";

    public const string KeyClaim = "key_id";

    public static Caller From(ClaimsPrincipal principal) => new(
        WholeNumber.TryParse(principal.FindFirst(JwtRegisteredClaimNames.Sub)?.Value, out var id) && id > 0 ? id : null,
        principal.FindFirst(ScopeClaim)?.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? []);

    /// <summary>The id of the API key that a request was authenticated by.</summary>
    public static long? KeyOf(ClaimsPrincipal principal) => principal.Identity?.AuthenticationType is ApiKeyAuthentication.SchemeName
        && WholeNumber.TryParse(principal.FindFirst(KeyClaim)?.Value, out var id) ? id : null;

    /// <summary>The id of the session that a request's access token comes from.</summary>
    public static long? SessionOf(ClaimsPrincipal principal) => WholeNumber.TryParse(principal.FindFirst(JwtRegisteredClaimNames.Sid)?.Value, out var id) ? id : null;

    /// <summary>Whether the request's credentials are this user's. False for a request without credentials.</summary>
    public static bool IsUser(HttpContext http, long userId) => http.User.Identity is { IsAuthenticated: true } && From(http.User).UserId == userId;

    /// <summary>Refuses a request that acts for another user.</summary>
    public static Problem? CheckUser(HttpContext http, long userId) =>
        http.User.Identity is not { IsAuthenticated: true } || From(http.User).UserId == userId ? null : AccessProblems.NotOwner;
}
