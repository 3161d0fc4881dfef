using System.Security.Claims;
using BillionHearts.Api.Platform.Input;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.IdentityModel.JsonWebTokens;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>The user that a request's credentials belong to; no user where Development accepts requests without credentials.</summary>
internal readonly record struct Caller(long? UserId, IReadOnlyList<string> Scopes)
{
    public const string ScopeClaim = "scope";

    public static Caller From(ClaimsPrincipal principal) => new(
        WholeNumber.TryParse(principal.FindFirst(JwtRegisteredClaimNames.Sub)?.Value, out var id) && id > 0 ? id : null,
        principal.FindFirst(ScopeClaim)?.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? []);

    /// <summary>Whether the request's credentials are this user's. A request without credentials is nobody's.</summary>
    public static bool IsUser(HttpContext http, long userId) => http.User.Identity is { IsAuthenticated: true } && From(http.User).UserId == userId;

    /// <summary>Refuses to act for a user at the request of another one.</summary>
    public static Problem? CheckUser(HttpContext http, long userId) =>
        http.User.Identity is not { IsAuthenticated: true } || From(http.User).UserId == userId ? null : AccessProblems.NotOwner;
}
