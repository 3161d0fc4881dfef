using BillionHearts.Hosting.Orchestration;
using Microsoft.Extensions.Logging.Abstractions;

namespace BillionHearts.Hosting.ApplicationModel;

/// <summary>Executes commands: start, stop and restart of whatever runs, and those that the AppHost added.</summary>
public sealed class ResourceCommandService
{
    private readonly DistributedApplicationModel _model;
    private readonly RunnerRegistry _runners;
    private readonly IServiceProvider _services;

    internal ResourceCommandService(DistributedApplicationModel model, RunnerRegistry runners, IServiceProvider services)
    {
        _model = model;
        _runners = runners;
        _services = services;
    }

    /// <param name="resourceId">A resource, or one replica of it.</param>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default) =>
        _runners.Find(resourceId) is { } one
            ? ExecuteAsync(one.Resource, [one], commandName, cancellationToken)
            : ExecuteCommandAsync(_model.Resources.Named(resourceId), commandName, cancellationToken);

    public Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default) =>
        ExecuteAsync(resource, _runners.Of(resource), commandName, cancellationToken);

    /// <summary>What can be done with an instance now, and what could be at other times.</summary>
    internal IEnumerable<ResourceCommandSnapshot> CommandsOf(ResourceEvent current)
    {
        foreach (var command in current.Resource.Annotations.OfType<ResourceCommandAnnotation>())
        {
            yield return new(command.Name, command.UpdateState(new() { ResourceSnapshot = current.Snapshot, Services = _services }), command.DisplayName)
            {
                DisplayDescription = command.Options.Description,
                ConfirmationMessage = command.Options.ConfirmationMessage,
                IconName = command.Options.IconName,
                IsHighlighted = command.Options.IsHighlighted,
            };
        }

        if (_runners.Find(current.ResourceId) is { HasLifecycle: true } runner)
        {
            var isUp = runner.IsSupervised ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;
            // In a pause before another attempt it is both up and to be started.
            var canStart = runner.IsSupervised && current.Snapshot.State?.Text != KnownResourceStates.Exited ? ResourceCommandState.Disabled : ResourceCommandState.Enabled;
            yield return new(KnownResourceCommands.StartCommand, canStart, "Start");
            yield return new(KnownResourceCommands.StopCommand, isUp, "Stop");
            yield return new(KnownResourceCommands.RestartCommand, isUp, "Restart");
        }
    }

    private async Task<ExecuteCommandResult> ExecuteAsync(
        IResource resource, IReadOnlyList<ResourceRunner> runners, string commandName, CancellationToken cancellationToken)
    {
        // Longer names of the same commands, from before Aspire 13.2.
        var name = commandName.StartsWith("resource-", StringComparison.Ordinal) ? commandName["resource-".Length..] : commandName;

        if (resource.Annotations.OfType<ResourceCommandAnnotation>().FirstOrDefault(command => command.Name == commandName) is { } custom)
        {
            return await ExecuteAsync(custom, resource, cancellationToken);
        }

        Func<ResourceRunner, Task<ExecuteCommandResult>>? action = name switch
        {
            "start" => runner => runner.StartCommandAsync(),
            "stop" => runner => runner.StopCommandAsync(cancellationToken),
            "restart" => runner => runner.RestartCommandAsync(cancellationToken),
            _ => null,
        };

        if (action is null || runners.Count is 0 || !runners[0].HasLifecycle)
        {
            return CommandResults.Failure($"'{resource.Name}' has no command '{commandName}'.");
        }

        var results = await Task.WhenAll(runners.Select(action));
        return results.FirstOrDefault(result => !result.Success) ?? CommandResults.Success();
    }

    private async Task<ExecuteCommandResult> ExecuteAsync(ResourceCommandAnnotation command, IResource resource, CancellationToken cancellationToken)
    {
        try
        {
            return await command.ExecuteCommand(new()
            {
                Services = _services,
                ResourceName = resource.Name,
                CancellationToken = cancellationToken,
                Logger = NullLogger.Instance,
            });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return CommandResults.Canceled();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return CommandResults.Failure(exception);
        }
    }
}
