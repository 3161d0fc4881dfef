using BillionHearts.Dashboard.Orchestration;
using BillionHearts.Dashboard.Pages.Parts;

namespace BillionHearts.Dashboard.Pages;

internal static class PageRegistration
{
    public static void AddPages(this WebApplicationBuilder builder)
    {
        // By default only Development finds static files in a build that was not published.
        builder.WebHost.UseStaticWebAssets();

        builder.Services.AddScoped<Toasts>();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents(circuits =>
        {
            // A page that lost its connection still holds what it lists; one that is closed does not come back.
            circuits.DisconnectedCircuitMaxRetained = 8;
            circuits.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(1);
        });
    }

    public static void MapPages(this WebApplication app)
    {
        // The login page needs its style before anyone is logged in, and none of these files says anything.
        app.MapStaticAssets().AllowAnonymous();
        app.MapGet("/consolelogs/resource/{name}/download", Console.ConsoleDownload.Download);
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
