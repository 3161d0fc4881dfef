using BillionHearts.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BillionHearts.Notifications.Data;

internal static class DatabaseRegistration
{
    public static void AddNotificationsDatabase(this WebApplicationBuilder builder) =>
        builder.AddNpgsqlDbContext<NotificationsDbContext>(
            "notificationsdb",
            settings =>
            {
                // The consumer and the streams outwait an outage themselves; a request is refused at once rather than held.
                settings.DisableRetry = true;
                settings.ConnectionString = Bounded(settings.ConnectionString);
            },
            options => options.UseSnakeCaseNamingConvention());

    /// <summary>Limits that the service relies on, unless the connection string says otherwise.</summary>
    private static string? Bounded(string? connectionString)
    {
        if (string.IsNullOrEmpty(connectionString))
        {
            return connectionString;
        }

        var bounded = new NpgsqlConnectionStringBuilder
        {
            MaxPoolSize = 20,
            Timeout = 3,
            CommandTimeout = 5,
            KeepAlive = 30,
            MaxAutoPrepare = 20,
        };

        foreach (var (key, value) in new NpgsqlConnectionStringBuilder(connectionString))
        {
            bounded[key] = value;
        }

        return bounded.ConnectionString;
    }
}
