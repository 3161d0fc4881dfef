using System.Globalization;
using BillionHearts.Api;
using BillionHearts.Api.Platform.Data;
using BillionHearts.ServiceDefaults;
using BillionHearts.ServiceDefaults.Database;

// What a service says does not depend on the language of the machine that it runs on.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
(CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (CultureInfo.InvariantCulture, CultureInfo.InvariantCulture);

var builder = WebApplication.CreateBuilder(args);

if (args is [DatabaseMigration.Argument, ..])
{
    builder.AddServiceDefaults();
    builder.AddImagesDatabase();

    // Built and not started: nothing listens, and a signal ends it as it ends any program.
    await using var migration = builder.Build();
    return await DatabaseMigration.RunAsync<ImagesDbContext>(migration.Services, CancellationToken.None);
}

await using var app = ApiApplication.Build(builder);
await app.RunAsync();

return 0;
