using BillionHearts.Api;
using BillionHearts.Api.Data;

var builder = WebApplication.CreateBuilder(args);

if (args is [MigrateCommand.Name, ..])
{
    return await MigrateCommand.RunAsync(builder);
}

await using var app = ApiApplication.Build(builder);
await app.RunAsync();

return 0;
