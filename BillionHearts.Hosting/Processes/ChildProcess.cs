using System.Diagnostics;

namespace BillionHearts.Hosting.Processes;

/// <summary>
/// One running child with everything it spawned. <c>setsid</c> and <c>setpriv</c> exec, so the pid is the server's own:
/// <code>host ─ fork ─ setsid (own group: Ctrl-C does not reach it) ─ exec setpriv (account, PDEATHSIG) ─ exec server</code>
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // A grandchild that left the group may hold the pipe for ever; the exit code must not wait for it.
    private static readonly TimeSpan s_drainTimeout = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly ProcessSpec _spec;
    private readonly ChildProcess? _companion;
    private readonly Lock _stopping = new();
    private Task? _stopped;

    private ChildProcess(Process process, ProcessSpec spec, ChildProcess? companion, Action<string, bool> onLine)
    {
        _process = process;
        _spec = spec;
        _companion = companion;
        Id = process.Id;
        StartedAt = TimeProvider.System.GetUtcNow();
        Exited = WatchAsync(ReadOutputAsync(onLine));
    }

    public int Id { get; }

    public DateTimeOffset StartedAt { get; }

    /// <summary>
    /// Completes with the exit code (128 + n after signal n) once the process is reaped, its group is gone, its output
    /// is read and its companion has ended.
    /// </summary>
    public Task<int> Exited { get; }

    /// <param name="onLine">Called for each line with whether it came from standard error; never twice at a time.</param>
    /// <exception cref="DistributedApplicationException">The executable or the working directory does not exist.</exception>
    public static async Task<ChildProcess> StartAsync(ProcessSpec spec, Action<string, bool> onLine, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var startInfo = ChildCommand.ToStartInfo(spec);
        var companion = spec.Companion is null ? null : await StartAsync(spec.Companion, onLine, cancellationToken);

        try
        {
            var process = await SpawnThread.StartAsync(startInfo);
            HostWatchdog.Watch(process.Id, spec.StopSignal);
            var child = new ChildProcess(process, spec, companion, onLine);
            await child.WriteInputAsync();
            await child.WaitForReadyPortAsync(cancellationToken);
            return child;
        }
        catch when (companion is not null)
        {
            await companion.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Asks for an orderly stop and waits for it; kills the whole group when the time of the spec is over or the caller
    /// cancels. Returns when nothing is left.
    /// </summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_stopping)
        {
            // Asked once only: many programs take a second signal for impatience.
            return _stopped ??= StopOnceAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task WriteInputAsync()
    {
        try
        {
            await _process.StandardInput.WriteAsync(_spec.Input);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code says why.
        }
    }

    private async Task WaitForReadyPortAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_spec.ReadyPort is { } port && !await LoopbackPort.AcceptsAsync(port, Exited, cancellationToken))
            {
                throw new DistributedApplicationException($"'{_spec.FileName}' was started and does not listen on port {port}.");
            }
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        if (!_process.HasExited)
        {
            Posix.Signal(Id, (int)_spec.StopSignal);
            // A paused process would sleep through its stop signal.
            Posix.SignalGroup(Id, Posix.Continue);
        }

        try
        {
            await _process.WaitForExitAsync(cancellationToken).WaitAsync(_spec.StopTimeout, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            Kill();
        }

        await Exited;
    }

    private async Task<int> WatchAsync(Task output)
    {
        await _process.WaitForExitAsync();
        var exitCode = _process.ExitCode;

        // What the leader leaves behind holds its ports and files, so the next start would fail.
        Posix.SignalGroup(Id, Posix.Kill);
        await output.WaitAsync(s_drainTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        if (_companion is not null)
        {
            await _companion.StopAsync(CancellationToken.None);
        }

        HostWatchdog.Forget(Id);
        return exitCode;
    }

    private void Kill()
    {
        if (!_process.HasExited)
        {
            // Both: in its first moment, before setsid ran, the child is not yet a group of its own.
            Posix.SignalGroup(Id, Posix.Kill);
            Posix.Signal(Id, Posix.Kill);
        }
    }

    private Task ReadOutputAsync(Action<string, bool> onLine)
    {
        var oneAtATime = new Lock();

        return Task.WhenAll(
            LineReader.ReadAsync(_process.StandardOutput, line => Pass(line, isError: false)),
            LineReader.ReadAsync(_process.StandardError, line => Pass(line, isError: true)));

        void Pass(string line, bool isError)
        {
            lock (oneAtATime)
            {
                onLine(line, isError);
            }
        }
    }
}
