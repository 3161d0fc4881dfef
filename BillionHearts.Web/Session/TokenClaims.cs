using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace BillionHearts.Web.Session;

/// <summary>Reads an access token that was just received from the api: its signature would prove nothing new.</summary>
internal static class TokenClaims
{
    public static long NumberOf(string token, string claim)
    {
        using var claims = JsonDocument.Parse(WebEncoders.Base64UrlDecode(token.Split('.')[1]));
        return long.Parse(claims.RootElement.GetProperty(claim).GetString()!, CultureInfo.InvariantCulture);
    }
}
