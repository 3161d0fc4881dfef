using System.Globalization;
using BillionHearts.Api;
using BillionHearts.Api.Platform.Data;
using BillionHearts.ServiceDefaults;
using BillionHearts.ServiceDefaults.Database;

// Texts must not depend on the language of the machine.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
(CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (CultureInfo.InvariantCulture, CultureInfo.InvariantCulture);

var builder = WebApplication.CreateBuilder(args);

if (args is [DatabaseMigration.Argument, ..])
{
    builder.AddServiceDefaults();
    builder.AddImagesDatabase();

    // Built but not started: nothing listens, and a signal ends it like any program.
    await using var migration = builder.Build();
    return await DatabaseMigration.RunAsync<ImagesDbContext>(migration.Services, CancellationToken.None);
}

await using var app = ApiApplication.Build(builder);
await app.RunAsync();

return 0;
