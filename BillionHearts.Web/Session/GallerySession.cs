using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace BillionHearts.Web.Session;

/// <summary>Who is signed in in this browser. The cookie has all of it, encrypted.</summary>
/// <param name="Secret">The refresh token of the api's session. It stays on this side.</param>
internal sealed record GallerySession(long UserId, string Username, string Secret)
{
    private const string SecretClaim = "session";

    /// <returns>Null if nobody is signed in.</returns>
    public static GallerySession? Of(ClaimsPrincipal? user) =>
        user?.FindFirstValue(SecretClaim) is { } secret
            && long.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? new GallerySession(id, user.Identity?.Name ?? "", secret)
            : null;

    public ClaimsPrincipal ToPrincipal() => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, UserId.ToString(CultureInfo.InvariantCulture)),
            new Claim(ClaimTypes.Name, Username),
            new Claim(SecretClaim, Secret),
        ],
        CookieAuthenticationDefaults.AuthenticationScheme));
}
