using System.Collections.Concurrent;
using BillionHearts.ServiceDefaults.Database;
using BillionHearts.Tests.Distributed;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Tests;

/// <summary>Databases with all tables. They are copied from one that is migrated once for each server, because migrating each would take a second.</summary>
internal static class MigratedDatabases
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<ScratchDatabase>>> s_templates = new(StringComparer.Ordinal);

    /// <param name="beside">The application's own database of the same kind, at whose server this one is made.</param>
    public static async Task<ScratchDatabase> CreateAsync<TContext>(AppHostFixture fixture, string beside, CancellationToken cancellationToken)
        where TContext : DbContext
    {
        var server = await ScratchDatabase.ServerAsync(fixture, beside, cancellationToken);
        // Not cancelled with the first test that asks.
        var template = s_templates.GetOrAdd(server, _ => new Lazy<Task<ScratchDatabase>>(() => MigrateAsync<TContext>(server, CancellationToken.None)));

        return await ScratchDatabase.CopyAsync(server, await template.Value.WaitAsync(cancellationToken), cancellationToken);
    }

    private static async Task<ScratchDatabase> MigrateAsync<TContext>(string server, CancellationToken cancellationToken)
        where TContext : DbContext
    {
        var template = await ScratchDatabase.CreateAsync(server, cancellationToken);
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddDbContext<TContext>(options => options.UseNpgsql(template.ConnectionString).UseSnakeCaseNamingConvention())
            .BuildServiceProvider();
        Assert.Equal(0, await DatabaseMigration.RunAsync<TContext>(services, cancellationToken));
        await template.MakeTemplateAsync(cancellationToken);

        return template;
    }
}
