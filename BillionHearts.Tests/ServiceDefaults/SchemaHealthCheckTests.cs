using BillionHearts.Api.Platform.Data;
using BillionHearts.ServiceDefaults;
using BillionHearts.ServiceDefaults.Database;
using BillionHearts.Tests.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.Tests.ServiceDefaults;

public sealed class SchemaHealthCheckTests(AppHostFixture app)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_is_not_ready_before_its_database_has_its_migrations()
    {
        await using var database = await ScratchDatabase.CreateAsync(app, "imagesdb", Cancel);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { Configuration = new() });
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:imagesdb", database.ConnectionString)]);
        builder.AddServiceDefaults();
        builder.AddImagesDatabase();
        using var host = builder.Build();
        var checks = host.Services.GetRequiredService<HealthCheckService>();

        // A first check beside everything else may take longer than a check is given.
        var before = await Eventually.ReadAsync(
            async cancel => (await checks.CheckHealthAsync(check => check.Name is "schema", cancel)).Entries["schema"],
            until: report => report.Description?.StartsWith("The database", StringComparison.Ordinal) is true,
            TimeSpan.FromSeconds(30),
            Cancel);
        Assert.Equal(0, await DatabaseMigration.RunAsync<ImagesDbContext>(host.Services, Cancel));
        var after = (await checks.CheckHealthAsync(check => check.Name is "schema", Cancel)).Entries["schema"];

        Assert.Equal(HealthStatus.Unhealthy, before.Status);
        Assert.Matches(@"^The database lacks \d+ migrations\. Run this service once with the argument 'migrate'\.$", before.Description);
        Assert.Equal(HealthStatus.Healthy, after.Status);
    }
}
