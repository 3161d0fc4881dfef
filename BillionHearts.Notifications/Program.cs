using BillionHearts.Notifications;
using BillionHearts.Notifications.Data;
using BillionHearts.ServiceDefaults;
using BillionHearts.ServiceDefaults.Database;

var builder = WebApplication.CreateBuilder(args);

if (args is [DatabaseMigration.Argument, ..])
{
    builder.AddServiceDefaults();
    builder.AddNotificationsDatabase();

    // Built but not started: nothing listens, and a signal ends the process.
    await using var migration = builder.Build();
    return await DatabaseMigration.RunAsync<NotificationsDbContext>(migration.Services, CancellationToken.None);
}

await using var app = NotificationsApplication.Build(builder);
await app.RunAsync();

return 0;
