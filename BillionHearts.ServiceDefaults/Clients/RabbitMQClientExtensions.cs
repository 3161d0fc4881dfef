using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Trace;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace BillionHearts.ServiceDefaults;

/// <summary>Stands in for <c>Aspire.RabbitMQ.Client</c> where that package is not used: same call, same configuration.</summary>
public static class RabbitMQClientExtensions
{
    private const string SectionName = "Aspire:RabbitMQ:Client";

    /// <summary>A singleton <see cref="IConnection"/>, made on first use, and the <see cref="IConnectionFactory"/> that makes it.</summary>
    public static void AddRabbitMQClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<RabbitMQClientSettings>? configureSettings = null,
        Action<ConnectionFactory>? configureConnectionFactory = null)
    {
        var section = builder.Configuration.GetSection(SectionName);
        var namedSection = section.GetSection(connectionName);

        var settings = new RabbitMQClientSettings();
        section.Bind(settings);
        namedSection.Bind(settings);
        settings.ConnectionString = builder.Configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        configureSettings?.Invoke(settings);

        builder.Services.AddSingleton<IConnectionFactory>(_ =>
        {
            var factory = new ConnectionFactory();
            section.GetSection("ConnectionFactory").Bind(factory);
            namedSection.GetSection("ConnectionFactory").Bind(factory);

            if (!string.IsNullOrEmpty(settings.ConnectionString))
            {
                factory.Uri = new Uri(settings.ConnectionString);
            }

            configureConnectionFactory?.Invoke(factory);

            return factory;
        });

        // A factory of the container cannot be awaited: as in Aspire, the first to ask waits.
        builder.Services.AddSingleton(services =>
            ConnectAsync(services.GetRequiredService<IConnectionFactory>(), settings.MaxConnectRetryCount).GetAwaiter().GetResult());

        if (!settings.DisableAutoActivation)
        {
            builder.Services.ActivateSingleton<IConnection>();
        }

        AddInstrumentation(builder, settings);
    }

    private static async Task<IConnection> ConnectAsync(IConnectionFactory factory, int retries)
    {
        for (var delay = TimeSpan.FromSeconds(1); ; delay *= 2)
        {
            try
            {
                return await factory.CreateConnectionAsync().ConfigureAwait(false);
            }
            catch (BrokerUnreachableException) when (retries-- > 0)
            {
                await Task.Delay(delay).ConfigureAwait(false);
            }
        }
    }

    private static void AddInstrumentation(IHostApplicationBuilder builder, RabbitMQClientSettings settings)
    {
        if (!settings.DisableTracing)
        {
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource("RabbitMQ.Client.*"));
        }

        if (!settings.DisableHealthChecks)
        {
            builder.Services.AddSingleton<RabbitMQHealthCheck>();
            builder.Services.AddHealthChecks().AddCheck<RabbitMQHealthCheck>("RabbitMQ.Client");
        }
    }
}
