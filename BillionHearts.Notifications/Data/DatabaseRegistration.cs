using BillionHearts.ServiceDefaults;
using BillionHearts.ServiceDefaults.Database;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Notifications.Data;

internal static class DatabaseRegistration
{
    public static void AddNotificationsDatabase(this WebApplicationBuilder builder)
    {
        builder.AddNpgsqlDbContext<NotificationsDbContext>(
            "notificationsdb",
            settings =>
            {
                // The consumer and the streams wait for the end of an outage themselves; a request is refused at once.
                settings.DisableRetry = true;
                settings.ConnectionString = DatabaseLimits.FillIn(settings.ConnectionString);
            },
            options => options.UseSnakeCaseNamingConvention());
        builder.RefuseSuperuser<NotificationsDbContext>();
        builder.RequireSchema<NotificationsDbContext>();
    }
}
