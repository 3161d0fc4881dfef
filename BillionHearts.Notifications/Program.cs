using BillionHearts.Notifications.Data;
using BillionHearts.Notifications.Errors;
using BillionHearts.Notifications.Events;
using BillionHearts.Notifications.Streaming;
using BillionHearts.Notifications.Users;
using BillionHearts.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddNotificationsDatabase();
builder.AddRabbitMQClient("messaging");
builder.AddEvents();
builder.AddEventStreams();
builder.AddUsers();

var app = builder.Build();

if (args is ["migrate", ..])
{
    return await Migrator.RunAsync(app.Services, app.Lifetime.ApplicationStopping);
}

app.UseProblems();
app.MapEventStreams();
app.MapDefaultEndpoints();

await app.RunAsync();

return 0;
