using BillionHearts.Dashboard.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BillionHearts.Dashboard.Login;

/// <summary><c>/login?t=…</c> is the address that is printed; the form is for a token typed by hand.</summary>
internal static class LoginEndpoints
{
    public static void AddLogin(this IServiceCollection services, DashboardSettings settings)
    {
        services.AddSingleton(provider => new LoginTicket(settings, provider.GetRequiredService<TimeProvider>()));
        services.AddAuthentication(LoginCookie.SchemeName).AddScheme<AuthenticationSchemeOptions, LoginCookie>(LoginCookie.SchemeName, configureOptions: null);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());

        // Forms and circuits live no longer than this process, so neither need their keys.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAntiforgery(options => options.Cookie.SameSite = SameSiteMode.Strict);
    }

    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/login", ShowLogin).AllowAnonymous();
        routes.MapPost("/login", Login).AllowAnonymous();
        routes.MapPost("/logout", Logout).DisableAntiforgery();
    }

    private static IResult ShowLogin(HttpContext context, LoginTicket ticket, DashboardSettings settings, string? t, string? returnUrl) =>
        settings.BrowserToken is null ? TypedResults.LocalRedirect("/")
            : t is null ? Page(returnUrl)
            : Enter(context, ticket, t, returnUrl);

    private static IResult Login(HttpContext context, LoginTicket ticket, [FromForm] string? token, [FromForm] string? returnUrl) =>
        Enter(context, ticket, token?.Trim(), returnUrl);

    // A form of another origin is refused before it gets here (PageSecurity), and being logged out harms nobody.
    private static RedirectHttpResult Logout(HttpContext context)
    {
        context.Response.Cookies.Delete(LoginCookie.NameFor(context));
        return TypedResults.LocalRedirect("/login");
    }

    private static IResult Enter(HttpContext context, LoginTicket ticket, string? token, string? returnUrl)
    {
        if (!ticket.IsToken(token))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Page(returnUrl, "This is not the token of the dashboard that runs now. Take the address that the last start printed.");
        }

        context.Response.Cookies.Append(LoginCookie.NameFor(context), ticket.Issue(), new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            MaxAge = LoginTicket.Lifetime,
            IsEssential = true,
        });

        return TypedResults.LocalRedirect(IsLocal(returnUrl) ? returnUrl! : "/");
    }

    private static RazorComponentResult<LoginPage> Page(string? returnUrl, string? refusal = null) =>
        new(new { ReturnUrl = IsLocal(returnUrl) ? returnUrl : null, Refusal = refusal });

    // "//host" and "/\host" are other hosts to a browser.
    private static bool IsLocal(string? url) => url is ['/', ..] and not ['/', '/' or '\\', ..] && !url.Any(char.IsControl);
}
