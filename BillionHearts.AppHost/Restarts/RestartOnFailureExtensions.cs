using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

internal static partial class RestartOnFailureExtensions
{
    /// <summary>Configuration key: <c>false</c> turns restarts off, for tests of failures.</summary>
    public const string Key = "RestartOnFailure";

    /// <summary>
    /// Restarts a resource that failed, which Aspire does not. With growing pauses, and at most <see cref="RestartPolicy.Limit"/> times in a minute; after that
    /// its console and the terminal say that it is not restarted. A resource that was stopped by command stays stopped.
    /// </summary>
    public static IResourceBuilder<T> WithRestartOnFailure<T>(this IResourceBuilder<T> builder) where T : IResource
    {
        if (!builder.ApplicationBuilder.ExecutionContext.IsRunMode || !builder.ApplicationBuilder.Configuration.GetValue(Key, true))
        {
            return builder;
        }

        var policies = new ConcurrentDictionary<string, RestartPolicy>();
        builder.ApplicationBuilder.Eventing.Subscribe<ResourceStoppedEvent>(builder.Resource, (@event, cancel) =>
        {
            var stopping = @event.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

            if (@event.ResourceEvent.Snapshot.HasFailed() && !stopping.IsCancellationRequested)
            {
                var policy = policies.GetOrAdd(@event.ResourceEvent.ResourceId, _ => new RestartPolicy(TimeProvider.System));
                // Not awaited: the publisher waits for its subscribers, and must publish the resource's next state.
                _ = RestartAsync(@event.Services, @event.ResourceEvent, policy, stopping);
            }

            return Task.CompletedTask;
        });

        return builder;
    }

    private static async Task RestartAsync(IServiceProvider services, ResourceEvent died, RestartPolicy policy, CancellationToken stopping)
    {
        var console = services.GetRequiredService<ResourceLoggerService>().GetLogger(died.ResourceId);
        var name = died.Resource.Name;

        if (policy.Next() is not { } pause)
        {
            Log.GivenUp(console, name, RestartPolicy.Limit + 1);
            Log.GivenUp(services.GetRequiredService<ILoggerFactory>().CreateLogger("BillionHearts.AppHost"), name, RestartPolicy.Limit + 1);
            return;
        }

        Log.Restarting(console, name, died.Snapshot.ExitCode, pause.TotalSeconds);
        await Task.Delay(pause, TimeProvider.System, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        if (!stopping.IsCancellationRequested)
        {
            // Fails when a person has started it in the meantime, which is fine.
            await services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync(died.ResourceId, KnownResourceCommands.StartCommand, stopping);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "'{Resource}' ended with exit code {ExitCode} and will be restarted in {Seconds} s.")]
        public static partial void Restarting(ILogger logger, string resource, int? exitCode, double seconds);

        [LoggerMessage(LogLevel.Error, "'{Resource}' ended {Times} times within a minute and will not be restarted. See its console for the reason; its command Start tries again.")]
        public static partial void GivenUp(ILogger logger, string resource, int times);
    }
}
