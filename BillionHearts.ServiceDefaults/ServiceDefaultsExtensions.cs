using BillionHearts.ServiceDefaults.Health;
using BillionHearts.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace BillionHearts.ServiceDefaults;

/// <summary>What every service of the system has: telemetry, health, service discovery and HTTP clients that retry.</summary>
public static class ServiceDefaultsExtensions
{
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.AddDefaultConfiguration();
        builder.ConfigureOpenTelemetry();
        builder.AddDefaultHealthChecks();

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });

        return builder;
    }

    public static TBuilder ConfigureOpenTelemetry<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        // Without scopes: a request's scope holds its path, and that of media is a key to the image. The trace id joins the two anyway.
        builder.Logging.AddOpenTelemetry(logging => logging.IncludeFormattedMessage = true);

        builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter("Npgsql", "BillionHearts.*"))
            .WithTracing(tracing => tracing
                .AddSource("Npgsql", "RabbitMQ.Client.*", "BillionHearts.*")
                .AddAspNetCoreInstrumentation(RequestTraces.Configure)
                .AddHttpClientInstrumentation());
        builder.AddOtlpExport();

        return builder;
    }

    public static TBuilder AddDefaultHealthChecks<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<HealthReports>();
        builder.Services.PostConfigure<HealthCheckServiceOptions>(HealthReports.LimitEachCheck);
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [HealthEndpoints.LiveTag]);

        return builder;
    }

    private static void AddDefaultConfiguration<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        // Aspire switches the redaction off in Development. Query strings of ours hold signatures that open an image, so nobody may.
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "false",
            ["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "false",
        });

        // Lowest in precedence, so that any appsettings file or variable wins.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                // Left to itself the broker's client notices a dead connection after 60 s, and waits 30 s for a new one.
                ["Aspire:RabbitMQ:Client:ConnectionFactory:RequestedHeartbeat"] = "00:00:10",
                ["Aspire:RabbitMQ:Client:ConnectionFactory:RequestedConnectionTimeout"] = "00:00:05",

                // Resolving IConnection blocks for half a minute of retries otherwise, and only the health check does; the
                // consumers and the publisher connect, and connect again, by themselves.
                ["Aspire:RabbitMQ:Client:MaxConnectRetryCount"] = "0",

                // As short as a collector beside the service deserves: what cannot be sent is dropped, and nobody waits for it.
                ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "3000",

                // A line for each request, call and query would bury what happened; traces have them.
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
                ["Logging:LogLevel:Polly"] = "Warning",
                ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Warning",

                // What fails there is thrown, and logged by whoever called. These would log it as an error even where it is
                // expected (the first migration asks for a table that is not there), or each second of an outage.
                ["Logging:LogLevel:Microsoft.EntityFrameworkCore.Database"] = "None",
                ["Logging:LogLevel:Microsoft.EntityFrameworkCore.Query"] = "None",
                ["Logging:LogLevel:Microsoft.EntityFrameworkCore.Update"] = "None",
            },
        });
    }
}
