using BillionHearts.ServiceDefaults.Access;
using BillionHearts.ServiceDefaults.Health;
using BillionHearts.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Polly;
using Polly.Retry;

namespace BillionHearts.ServiceDefaults;

/// <summary>What every service of the system has: telemetry, health checks, service discovery and HTTP clients that retry.</summary>
public static class ServiceDefaultsExtensions
{
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.AddDefaultConfiguration();
        builder.ConfigureOpenTelemetry();
        builder.AddDefaultHealthChecks();

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.RequestHeaderEncodingSelector = Credentials.EncodingOf);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler(resilience => resilience.Retry.ShouldHandle = ShouldRetryAsync);
            http.AddServiceDiscovery();
        });

        return builder;
    }

    // What changes something is called again only if nobody can have received it.
    private static ValueTask<bool> ShouldRetryAsync(RetryPredicateArguments<HttpResponseMessage> attempt) => ValueTask.FromResult(
        attempt.Context.GetRequestMessage()?.Method is { } method && (method == HttpMethod.Get || method == HttpMethod.Head)
            ? HttpClientResiliencePredicates.IsTransient(attempt.Outcome)
            : attempt.Outcome.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError });

    public static TBuilder ConfigureOpenTelemetry<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        // Without scopes: a request's scope has its path, which for media is a secret. The trace id connects log and request anyway.
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
                .AddHttpClientInstrumentation(RequestTraces.ConfigureCalls)
                .AddSampler(builder.Configuration));
        builder.AddOtlpExport();

        return builder;
    }

    private static TracerProviderBuilder AddSampler(this TracerProviderBuilder tracing, IConfiguration configuration) =>
        // OpenTelemetry's own variable wins.
        string.IsNullOrWhiteSpace(configuration["OTEL_TRACES_SAMPLER"])
            ? tracing.SetSampler(new ParentBasedSampler(new BusySampler(configuration.GetValue(BusySampler.Setting, BusySampler.DefaultRate))))
            : tracing;

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
        // Aspire turns the redaction off in Development. Our query strings have signatures that give access to images, so it stays on.
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
                // By default the broker's client notices a dead connection after 60 s, and waits 30 s for a new one.
                ["Aspire:RabbitMQ:Client:ConnectionFactory:RequestedHeartbeat"] = "00:00:10",
                ["Aspire:RabbitMQ:Client:ConnectionFactory:RequestedConnectionTimeout"] = "00:00:05",

                // Otherwise resolving IConnection blocks for half a minute of retries. Only the health check resolves it; the
                // consumers and the publisher connect and reconnect by themselves.
                ["Aspire:RabbitMQ:Client:MaxConnectRetryCount"] = "0",

                // Short, since the collector is beside the service. What cannot be sent is dropped.
                ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "3000",

                // A line for each request, call and query would hide everything else; traces have them.
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
                ["Logging:LogLevel:Polly"] = "Warning",
                ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Warning",

                // Failures there are thrown, and logged by the caller. These categories would log errors even for expected failures
                // (the first migration queries a table that does not exist), or every second of an outage.
                ["Logging:LogLevel:Microsoft.EntityFrameworkCore.Database"] = "None",
                ["Logging:LogLevel:Microsoft.EntityFrameworkCore.Query"] = "None",
                ["Logging:LogLevel:Microsoft.EntityFrameworkCore.Update"] = "None",
            },
        });
    }
}
