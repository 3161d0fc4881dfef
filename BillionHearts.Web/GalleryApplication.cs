using BillionHearts.ServiceDefaults;
using BillionHearts.ServiceDefaults.Access;
using BillionHearts.ServiceDefaults.Errors;
using BillionHearts.Web.Assets;
using BillionHearts.Web.Backend;
using BillionHearts.Web.Pages;
using BillionHearts.Web.Proxy;
using BillionHearts.Web.Session;

namespace BillionHearts.Web;

/// <summary>The whole service, for <c>Program</c> and for tests.</summary>
internal static class GalleryApplication
{
    private const string TroublePage = "/trouble";

    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.AddServiceDefaults();
        builder.AddForwardedHeaders();
        builder.Services.AddSingleton(AccessMode.Read(builder.Configuration, builder.Environment));
        builder.AddSessions();
        builder.AddBackend();
        builder.AddBrowserProxy();
        builder.Services.AddClientAssets();
        builder.Services.AddRazorComponents();
        builder.Services.AddCascadingAuthenticationState();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

        var app = builder.Build();

        app.UseForwardedHeaders();
        app.UseWhen(BrowserProxy.Serves, scripts => scripts.UseStatusCodePages(
            answer => Problem.OfStatus(answer.HttpContext.Response.StatusCode, answer.HttpContext.Request).ExecuteAsync(answer.HttpContext)));
        app.UseWhen(context => !BrowserProxy.Serves(context), pages =>
        {
            pages.UseExceptionHandler(TroublePage, createScopeForErrors: true);
            pages.UseStatusCodePagesWithReExecute(TroublePage, createScopeForStatusCodePages: true);
        });
        app.UseContentPolicy();
        app.UseRouting();
        // Before a session is looked at: files are for everybody.
        app.MapClientAssets();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapBrowserProxy();
        app.MapSignOut();
        app.MapRazorComponents<Document>();
        app.MapDefaultEndpoints();

        return app;
    }
}
