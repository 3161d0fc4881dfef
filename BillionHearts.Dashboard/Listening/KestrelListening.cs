using BillionHearts.Dashboard.Configuration;

namespace BillionHearts.Dashboard.Listening;

internal static class KestrelListening
{
    public static void Listen(this WebApplicationBuilder builder, DashboardSettings settings)
    {
        // In its own category it says two things: that what is listened on below comes in place of ASPNETCORE_URLS, which is the same,
        // and with a stack trace that a port is in use, which Program says in a sentence.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(settings));
    }
}
