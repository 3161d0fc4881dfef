using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting.Orchestration;

/// <summary>Keeps one instance of a resource going, from a start to a stop; commands come one at a time.</summary>
internal abstract class ResourceRunner(ResourceInstance instance) : IAsyncDisposable
{
    private readonly SemaphoreSlim _commands = new(1, 1);
    private readonly CancellationTokenSource _deadline = new();
    private readonly Lock _starting = new();
    private CancellationTokenSource _stopping = new();
    private Task _supervision = Task.CompletedTask;
    private bool _isShutDown;

    public ResourceInstance Instance { get; } = instance;

    public IResource Resource => Instance.Resource;

    /// <summary>Whether a person can start and stop it: a database cannot be apart from its server.</summary>
    public virtual bool HasLifecycle => true;

    /// <summary>From a start until it has ended for good: also while it waits, or pauses before another attempt.</summary>
    public bool IsSupervised => !_supervision.IsCompleted;

    /// <summary>Cancelled when the time for an orderly stop is over.</summary>
    protected CancellationToken StopDeadline => _deadline.Token;

    public async Task<ExecuteCommandResult> StartCommandAsync()
    {
        await _commands.WaitAsync();

        try
        {
            if (!IsSupervised)
            {
                Start();
                return CommandResults.Success();
            }

            return Instance.Snapshot.State?.Text == KnownResourceStates.Exited && SkipDelay()
                ? CommandResults.Success()
                : CommandResults.Failure($"'{Instance.Id}' is {Instance.Snapshot.State?.Text.ToLowerInvariant()} already.");
        }
        finally
        {
            _commands.Release();
        }
    }

    public async Task<ExecuteCommandResult> StopCommandAsync(CancellationToken cancellationToken)
    {
        await _commands.WaitAsync(cancellationToken);

        try
        {
            if (!IsSupervised)
            {
                return CommandResults.Failure($"'{Instance.Id}' does not run.");
            }

            await StopSupervisionAsync();
            return CommandResults.Success();
        }
        finally
        {
            _commands.Release();
        }
    }

    public async Task<ExecuteCommandResult> RestartCommandAsync(CancellationToken cancellationToken)
    {
        await _commands.WaitAsync(cancellationToken);

        try
        {
            await StopSupervisionAsync();
            Start();
            return CommandResults.Success();
        }
        finally
        {
            _commands.Release();
        }
    }

    /// <summary>The last stop, and not a command among others: it must not wait behind one. What has not ended at the deadline is killed.</summary>
    public async Task ShutDownAsync(CancellationToken deadline)
    {
        lock (_starting)
        {
            _isShutDown = true;
        }

        await using var late = deadline.Register(_deadline.Cancel);
        await StopSupervisionAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ShutDownAsync(new CancellationToken(canceled: true));
        _deadline.Dispose();
        _commands.Dispose();
    }

    /// <summary>Runs the instance, and again after a crash, until it has ended for good or <paramref name="stopping"/> is cancelled.</summary>
    protected abstract Task SuperviseAsync(CancellationToken stopping);

    /// <summary>Ends a pause between two attempts; false when there is none.</summary>
    protected virtual bool SkipDelay() => false;

    private void Start()
    {
        lock (_starting)
        {
            if (_isShutDown)
            {
                return;
            }

            // At once, so that nobody who waits for it now takes the state before for the present one.
            var first = Resource.Has<WaitAnnotation>() || Resource is IResourceWithParent ? KnownResourceStates.Waiting : KnownResourceStates.Starting;
            Instance.Publish(snapshot => snapshot with { State = first, ExitCode = null, StopTimeStamp = null, Reason = null });
            _stopping = new();
            var stopping = _stopping.Token;
            _supervision = Task.Run(() => SuperviseAsync(stopping), CancellationToken.None);
        }
    }

    private async Task StopSupervisionAsync()
    {
        await _stopping.CancelAsync();
        await _supervision;
    }
}
