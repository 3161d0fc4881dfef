using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BillionHearts.Dashboard.Configuration;

namespace BillionHearts.Dashboard.Login;

/// <summary>
/// What the cookie holds: when it ends, sealed with the token. Nothing is kept on the server, so a login outlives a restart
/// under the same token, and changing the token ends every login.
/// </summary>
/// <remarks><c>unix seconds . base64url(HMAC-SHA256(token, "login:" + unix seconds))</c></remarks>
internal sealed class LoginTicket(DashboardSettings settings, TimeProvider clock)
{
    public static TimeSpan Lifetime { get; } = TimeSpan.FromDays(3);

    private readonly byte[] _token = Encoding.UTF8.GetBytes(settings.BrowserToken ?? string.Empty);

    public bool IsToken(string? candidate) => candidate is not null && CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(_token), SHA256.HashData(Encoding.UTF8.GetBytes(candidate)));

    public string Issue()
    {
        var ends = (clock.GetUtcNow() + Lifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{ends}.{Seal(ends)}";
    }

    public bool IsValid(string? ticket)
    {
        var dot = ticket?.IndexOf('.', StringComparison.Ordinal) ?? -1;

        if (dot < 0)
        {
            return false;
        }

        var ends = ticket![..dot];

        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Seal(ends)), Encoding.ASCII.GetBytes(ticket[(dot + 1)..]))
            && long.TryParse(ends, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds > clock.GetUtcNow().ToUnixTimeSeconds();
    }

    private string Seal(string ends) => System.Buffers.Text.Base64Url.EncodeToString(
        HMACSHA256.HashData(_token, Encoding.UTF8.GetBytes("login:" + ends)));
}
