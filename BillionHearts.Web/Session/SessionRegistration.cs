using BillionHearts.Web.Proxy;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;

namespace BillionHearts.Web.Session;

internal static class SessionRegistration
{
    public const string SignInPath = "/sign-in";

    private const string SignOutPath = "/sign-out";

    /// <summary>A folder that all replicas share, for the keys that encrypt cookies. By default the user's own, as ASP.NET Core has it.</summary>
    private const string KeyFolder = "Session:KeyFolder";

    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(30);

    public static void AddSessions(this WebApplicationBuilder builder)
    {
        var protection = builder.Services.AddDataProtection().SetApplicationName("billionhearts-gallery");

        if (builder.Configuration[KeyFolder] is { Length: > 0 } folder)
        {
            protection.PersistKeysToFileSystem(new DirectoryInfo(folder));
        }

        builder.Services.AddSingleton<AccessTokens>();
        builder.Services.AddScoped<SignIn>();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddMemoryCache();
        builder.Services.AddScoped<OperatorStatus>();
        builder.Services.AddScoped<IAuthorizationHandler, OperatorHandler>();
        builder.Services.AddAuthorization(options => options.AddPolicy(Operators.Policy, policy => policy.AddRequirements(new OperatorRequirement())));
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
        {
            options.Cookie.Name = "billionhearts";
            options.Cookie.HttpOnly = true;
            // Lax and not Strict: whoever follows a link to the gallery is still signed in. What changes something is never a GET.
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.ExpireTimeSpan = s_lifetime;
            options.SlidingExpiration = true;
            options.LoginPath = SignInPath;
            options.ReturnUrlParameter = "to";
            options.Events.OnValidatePrincipal = EndedSessions.RejectAsync;
            // Whoever is no operator learns nothing about operators.
            options.Events.OnRedirectToAccessDenied = context =>
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            };
            options.Events.OnRedirectToLogin = context =>
            {
                // A script has no use for a page.
                if (BrowserProxy.Serves(context.HttpContext))
                {
                    context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                }
                else
                {
                    context.Response.Redirect(context.RedirectUri);
                }

                return Task.CompletedTask;
            };
        });
    }

    public static void MapSignOut(this IEndpointRouteBuilder routes) => routes.MapPost(SignOutPath, SignOutAsync);

    private static async Task<IResult> SignOutAsync(HttpContext http, SignIn signIn, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(http))
        {
            return TypedResults.BadRequest();
        }

        await signIn.OutAsync(http);
        return TypedResults.LocalRedirect(SignInPath);
    }
}
