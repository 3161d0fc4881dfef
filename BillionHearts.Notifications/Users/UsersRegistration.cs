using BillionHearts.ServiceDefaults.Access;

namespace BillionHearts.Notifications.Users;

internal static class UsersRegistration
{
    public static void AddUsers(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpClient(UserDirectory.ClientName, client => client.BaseAddress = new Uri("https+http://api"));
        builder.Services.AddSingleton(AccessMode.Read(builder.Configuration, builder.Environment));
        builder.Services.AddSingleton<UserCache>();
        builder.Services.AddSingleton<UserDirectory>();
    }
}
