using BillionHearts.Dashboard.Configuration;

namespace BillionHearts.Dashboard.Listening;

internal static class KestrelListening
{
    public static void Listen(this WebApplicationBuilder builder, DashboardSettings settings)
    {
        // In its own category it warns, and only, that what is listened on below comes in place of ASPNETCORE_URLS. It is the same.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(settings));
    }
}
