using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.Messaging;

/// <summary>Registers consumers and the publisher. Both use the connection factory of <c>AddRabbitMQClient</c>; neither needs the broker to be up.</summary>
public static class MessagingExtensions
{
    private static readonly TimeSpan s_drainTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Consumes a queue while the service runs, and reconnects after any outage. Its health check <c>queue:{name}</c> is degraded
    /// while it cannot consume, which leaves the service ready, and unhealthy when the broker's queues have other arguments.
    /// </summary>
    /// <param name="prefetch">Unsettled messages held here; at least <paramref name="concurrency"/>.</param>
    /// <param name="concurrency">Messages handled at once.</param>
    /// <param name="drainTimeout">How long running handlers may take when the service stops; 5 s by default.</param>
    public static IServiceCollection AddQueueConsumer<THandler>(
        this IServiceCollection services, string queue, ushort prefetch, ushort concurrency, TimeSpan? drainTimeout = null)
        where THandler : class, IMessageHandler
    {
        ArgumentOutOfRangeException.ThrowIfZero(concurrency);
        ArgumentOutOfRangeException.ThrowIfLessThan(prefetch, concurrency);

        var consumed = new ConsumedQueue(queue, prefetch, concurrency, drainTimeout ?? s_drainTimeout);

        services.TryAddSingleton<MessagingTelemetry>();
        services.TryAddScoped<THandler>();
        services.AddHealthChecks().AddCheck($"queue:{queue}", consumed.Health);

        // Not AddHostedService, which keeps only the first of two consumers with the same handler.
        return services.AddSingleton<IHostedService>(provider =>
            ActivatorUtilities.CreateInstance<QueueConsumer<THandler>>(
                provider, consumed, ActivatorUtilities.CreateInstance<MessageProcessor<THandler>>(provider, queue)));
    }

    /// <summary>Adds the <see cref="MessagePublisher"/>.</summary>
    public static IServiceCollection AddMessagePublisher(this IServiceCollection services)
    {
        services.TryAddSingleton<MessagingTelemetry>();
        services.TryAddSingleton(provider => new MessagePublisher(
            ActivatorUtilities.CreateInstance<PublishChannel>(provider),
            provider.GetRequiredService<MessagingTelemetry>(),
            provider.GetRequiredService<TimeProvider>()));

        return services;
    }
}
