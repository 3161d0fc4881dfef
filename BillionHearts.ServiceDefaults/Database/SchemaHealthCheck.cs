using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.ServiceDefaults.Database;

/// <summary>
/// A service is not ready before its database has the tables that it was built for. So a deployment need not order the start of the service after the
/// migration job; a new version likewise waits for its migration.
/// </summary>
public sealed class SchemaHealthCheck<TContext>(IServiceScopeFactory scopes) : IHealthCheck where TContext : DbContext
{
    // Migrations are never reverted, so the result stays true.
    private volatile bool _isCurrent;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!_isCurrent)
        {
            await using var scope = scopes.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<TContext>().Database;

            if ((await database.GetPendingMigrationsAsync(cancellationToken)).Count() is var pending and not 0)
            {
                return new HealthCheckResult(
                    context.Registration.FailureStatus, $"The database lacks {pending} migrations. Run this service once with the argument '{DatabaseMigration.Argument}'.");
            }

            _isCurrent = true;
        }

        return HealthCheckResult.Healthy();
    }
}

public static class SchemaHealthCheckExtensions
{
    /// <summary>The service is not ready before its database is up to date.</summary>
    public static void RequireSchema<TContext>(this IHostApplicationBuilder builder) where TContext : DbContext
    {
        builder.Services.AddSingleton<SchemaHealthCheck<TContext>>();
        builder.Services.AddHealthChecks().AddCheck<SchemaHealthCheck<TContext>>("schema");
    }
}
