using System.Security.Claims;
using System.Text.Encodings.Web;
using BillionHearts.Dashboard.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace BillionHearts.Dashboard.Login;

internal sealed class LoginCookie(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, LoginTicket ticket, DashboardSettings settings)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Login";

    /// <summary>Cookies know no port: two dashboards on one machine would log each other out under one name.</summary>
    public static string NameFor(HttpContext context) => $"billionhearts-dashboard-{context.Connection.LocalPort}";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (settings.BrowserToken is not null && !ticket.IsValid(Request.Cookies[NameFor(Context)]))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, "operator")], SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new(new(identity), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // A page goes to the login; anything else, the live connection above all, has to hear that it may not.
        if (HttpMethods.IsGet(Request.Method) && Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            Response.Redirect($"/login?returnUrl={Uri.EscapeDataString(Request.Path + Request.QueryString)}");
        }
        else
        {
            Response.StatusCode = StatusCodes.Status401Unauthorized;
        }

        return Task.CompletedTask;
    }
}
