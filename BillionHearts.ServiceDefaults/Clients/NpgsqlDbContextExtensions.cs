using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace BillionHearts.ServiceDefaults;

/// <summary>Stands in for <c>Aspire.Npgsql.EntityFrameworkCore.PostgreSQL</c> where that package is not used: same call, same configuration.</summary>
public static class NpgsqlDbContextExtensions
{
    private const string SectionName = "Aspire:Npgsql:EntityFrameworkCore:PostgreSQL";

    /// <summary>A pooled context that retries, is traced and has a health check named after it.</summary>
    public static void AddNpgsqlDbContext<TContext>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<NpgsqlEntityFrameworkCorePostgreSQLSettings>? configureSettings = null,
        Action<DbContextOptionsBuilder>? configureDbContextOptions = null)
        where TContext : DbContext
    {
        var settings = ReadSettings<TContext>(builder, connectionName);
        configureSettings?.Invoke(settings);

        builder.Services.AddDbContextPool<TContext>(options =>
        {
            // Looked at only when a context is made, so that a missing setting is reported through the logger.
            options.UseNpgsql(RequireConnectionString<TContext>(settings, connectionName), npgsql =>
            {
                if (!settings.DisableRetry)
                {
                    npgsql.EnableRetryOnFailure();
                }

                npgsql.CommandTimeout(settings.CommandTimeout);
            });
            configureDbContextOptions?.Invoke(options);
        });

        AddInstrumentation<TContext>(builder, settings);
    }

    private static NpgsqlEntityFrameworkCorePostgreSQLSettings ReadSettings<TContext>(IHostApplicationBuilder builder, string connectionName)
    {
        var section = builder.Configuration.GetSection(SectionName);
        var settings = new NpgsqlEntityFrameworkCorePostgreSQLSettings();
        section.Bind(settings);
        section.GetSection(typeof(TContext).Name).Bind(settings);
        settings.ConnectionString = builder.Configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;

        return settings;
    }

    private static string? RequireConnectionString<TContext>(NpgsqlEntityFrameworkCorePostgreSQLSettings settings, string connectionName) =>
        string.IsNullOrWhiteSpace(settings.ConnectionString) && !EF.IsDesignTime
            ? throw new InvalidOperationException(
                $"ConnectionString is missing. It should be provided in 'ConnectionStrings:{connectionName}' " +
                $"or under the 'ConnectionString' key in '{SectionName}' or '{SectionName}:{typeof(TContext).Name}' configuration section.")
            : settings.ConnectionString;

    private static void AddInstrumentation<TContext>(IHostApplicationBuilder builder, NpgsqlEntityFrameworkCorePostgreSQLSettings settings)
        where TContext : DbContext
    {
        if (!settings.DisableHealthChecks)
        {
            builder.Services.AddHealthChecks().AddCheck<DbContextHealthCheck<TContext>>(typeof(TContext).Name);
        }

        if (!settings.DisableTracing)
        {
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddNpgsql());
        }

        if (!settings.DisableMetrics)
        {
            builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter("Npgsql"));
        }
    }
}
