using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Health;
using BillionHearts.Hosting.Launching;
using BillionHearts.Hosting.Processes;

namespace BillionHearts.Hosting.Orchestration;

/// <summary>
/// Keeps one process running:
/// <code>Waiting ─► Starting ─► Running ─┬─ ended well (projects) ─► Finished
///             ▲                      ├─ crashed ─► Exited, a growing pause, and again
///             └──────────────────────┘   stopped by command ─► Stopping ─► Exited</code>
/// </summary>
internal sealed class ProcessRunner(ResourceInstance instance, ILauncher launcher, DependencyWait dependencies, bool isJob, TimeProvider clock)
    : ResourceRunner(instance)
{
    private readonly RestartBackoff _backoff = new();
    private volatile TaskCompletionSource? _pause;

    protected override async Task SuperviseAsync(CancellationToken stopping)
    {
        try
        {
            await dependencies.UntilMetAsync(Instance, stopping);

            Instance.Publish(snapshot => snapshot with { State = KnownResourceStates.Starting, Reason = null });

            while (await RunOnceAsync(stopping) is { } delay)
            {
                await PauseAsync(delay, stopping);
                Instance.Publish(snapshot => snapshot with { State = KnownResourceStates.Starting, Reason = null, Restarts = snapshot.Restarts + 1 });
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Instance.Publish(snapshot => snapshot with { State = KnownResourceStates.Exited, Reason = "stopped" });
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Instance.Log.Append(exception is DistributedApplicationException ? exception.Message : exception.ToString(), isError: true);
            Instance.PublishState(KnownResourceStates.FailedToStart, exception.Message);
        }
    }

    protected override bool SkipDelay() => _pause?.TrySetResult() ?? false;

    /// <summary>One life of the process. Returns how long to wait before the next one, or null when there is to be none.</summary>
    private async Task<TimeSpan?> RunOnceAsync(CancellationToken stopping)
    {
        Instance.LinesBefore = Instance.Log.Count;
        var launch = await launcher.PrepareAsync(Instance, stopping);
        await using var process = await ChildProcess.StartAsync(launch.Process, Instance.Log.Append, stopping);
        Instance.Publish(snapshot => Running(snapshot, launch, process));

        var health = new HealthMonitor(Instance, clock);
        using var running = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var monitoring = health.RunAsync(running.Token);
        await ((Task)process.Exited).WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var healthyFor = health.HealthyFor;
        await running.CancelAsync();

        if (stopping.IsCancellationRequested)
        {
            Instance.PublishState(KnownResourceStates.Stopping);
            await process.StopAsync(StopDeadline);
        }

        var exitCode = await process.Exited;
        await monitoring;
        return Ended(exitCode, stopping.IsCancellationRequested, healthyFor);
    }

    private TimeSpan? Ended(int exitCode, bool wasStopped, TimeSpan healthyFor)
    {
        var isFinished = !wasStopped && exitCode is 0 && Resource is ProjectResource;
        TimeSpan? delay = wasStopped || isFinished || isJob ? null : _backoff.Next(healthyFor);

        // Before the state is known, so that whoever reacts to it by a start command finds a pause to end.
        _pause = delay is null ? null : new(TaskCreationOptions.RunContinuationsAsynchronously);
        var reason = (wasStopped, delay) switch
        {
            (true, _) => "stopped",
            (_, { } pause) => $"exit code {exitCode}; starts again in {pause.TotalSeconds:0.#} s",
            _ => $"exit code {exitCode}",
        };

        Instance.Publish(snapshot => snapshot.WithProperty(KnownProperties.ProcessId, null) with
        {
            State = isFinished ? KnownResourceStates.Finished : KnownResourceStates.Exited,
            Reason = reason,
            ExitCode = exitCode,
            StopTimeStamp = clock.GetUtcNow().UtcDateTime,
            HealthReports = [],
        });

        return delay;
    }

    private async Task PauseAsync(TimeSpan delay, CancellationToken stopping)
    {
        try
        {
            await _pause!.Task.WaitAsync(delay, clock, stopping);
        }
        catch (TimeoutException)
        {
            // Nobody was in a hurry.
        }
        finally
        {
            _pause = null;
        }
    }

    private CustomResourceSnapshot Running(CustomResourceSnapshot snapshot, Launch launch, ChildProcess process) =>
        snapshot.WithProperty(KnownProperties.ProcessId, process.Id).WithProperty(KnownProperties.ExecutablePath, launch.Process.FileName) with
        {
            State = KnownResourceStates.Running,
            Reason = null,
            ExitCode = null,
            StartTimeStamp = process.StartedAt.UtcDateTime,
            StopTimeStamp = null,
            HealthReports = [.. Instance.UnknownHealth],
            EnvironmentVariables = launch.Environment,
        };
}
