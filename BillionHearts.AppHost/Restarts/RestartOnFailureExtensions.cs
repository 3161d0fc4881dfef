using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

internal static partial class RestartOnFailureExtensions
{
    /// <summary>Configuration key: <c>false</c> leaves what dies as it is, for tests that look at that.</summary>
    public const string Key = "RestartOnFailure";

    /// <summary>
    /// Starts a resource again that ended by itself with an error, which Aspire leaves to a person. With growing pauses, and at most
    /// <see cref="RestartPolicy.Limit"/> times in a minute; then its console and the terminal say that it is given up. What was stopped by command stays so.
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
                // Not awaited: whoever publishes the event waits for its subscribers, and has the resource's next state to publish.
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
            // Refused when a person was quicker, which is as good.
            await services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync(died.ResourceId, KnownResourceCommands.StartCommand, stopping);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "'{Resource}' ended with exit code {ExitCode} and is started again in {Seconds} s.")]
        public static partial void Restarting(ILogger logger, string resource, int? exitCode, double seconds);

        [LoggerMessage(LogLevel.Error, "'{Resource}' ended {Times} times within a minute and is not started again. Its console says why; its command Start tries again.")]
        public static partial void GivenUp(ILogger logger, string resource, int times);
    }
}
