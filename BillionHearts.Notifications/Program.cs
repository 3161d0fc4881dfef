using BillionHearts.Notifications;
using BillionHearts.Notifications.Data;

await using var app = NotificationsApplication.Build(WebApplication.CreateBuilder(args));

if (args is ["migrate", ..])
{
    return await Migrator.RunAsync(app.Services, app.Lifetime.ApplicationStopping);
}

await app.RunAsync();

return 0;
