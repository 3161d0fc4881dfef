using System.Globalization;
using System.Security.Claims;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.IdentityModel.JsonWebTokens;

namespace BillionHearts.Api.Access;

/// <summary>Who makes a request, as its credentials say. Nobody, where Development lets requests in without any.</summary>
internal readonly record struct Caller(long? UserId, IReadOnlyList<string> Scopes)
{
    public const string ScopeClaim = "scope";

    public static Caller Of(ClaimsPrincipal principal) => new(
        long.TryParse(principal.FindFirst(JwtRegisteredClaimNames.Sub)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null,
        principal.FindFirst(ScopeClaim)?.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? []);

    /// <summary>Whether the request has shown to be this user's. One that Development lets in without credentials has shown nothing.</summary>
    public static bool Is(HttpContext http, long userId) => http.User.Identity is { IsAuthenticated: true } && Of(http.User).UserId == userId;

    /// <summary>Refuses to do in a user's name what another one asks for.</summary>
    public static Problem? JudgeFor(HttpContext http, long userId) =>
        http.User.Identity is not { IsAuthenticated: true } || Of(http.User).UserId == userId ? null : AccessProblems.NotOwner;
}
