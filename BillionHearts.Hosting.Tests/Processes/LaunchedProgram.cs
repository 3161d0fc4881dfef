using System.Collections.Concurrent;
using System.Diagnostics;

namespace BillionHearts.Hosting.Tests.Processes;

/// <summary>The launcher, started as DCP does, and what it became.</summary>
internal sealed class LaunchedProgram : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<(string Text, bool IsError)> _lines = new();
    private readonly Process _process;

    public LaunchedProgram(IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "BillionHearts.Hosting"), arguments)
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        foreach (var (name, value) in environment)
        {
            info.Environment[name] = value;
        }

        _process = new Process { StartInfo = info };
        _process.OutputDataReceived += (_, line) => Add(line.Data, isError: false);
        _process.ErrorDataReceived += (_, line) => Add(line.Data, isError: true);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Id = _process.Id;
        Exited = EndAsync();
    }

    public int Id { get; }

    /// <summary>Its exit code, once it has ended and all its output was read.</summary>
    public Task<int> Exited { get; }

    public string[] Lines => [.. _lines.Select(line => line.Text)];

    public string[] Errors => [.. _lines.Where(line => line.IsError).Select(line => line.Text)];

    /// <summary>The server, child of the shell that the launcher became.</summary>
    public int ServerId => ProcessTable.ChildrenOf(Id).Single(child => ProcessTable.ProgramOf(child) is not "epmd");

    /// <summary>Stops it as DCP does, and waits until all its processes have ended.</summary>
    public async Task<int> StopAsync()
    {
        var all = ProcessTable.DescendantsOf(Id);
        Signal.Send(Id, Signal.Terminate);
        var code = await Exited.WaitAsync(s_limit, TestContext.Current.CancellationToken);
        await WaitForEndAsync(all);
        return code;
    }

    public static Task WaitForEndAsync(int[] processes) =>
        Eventually.ReadAsync(
            _ => Task.FromResult(processes.Where(ProcessTable.IsRunning).Select(id => $"{id} {ProcessTable.CommandOf(id)}").ToList()),
            until: running => running is [],
            s_limit,
            TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var id in ProcessTable.DescendantsOf(Id).Append(Id).Where(_ => !Exited.IsCompleted))
        {
            Signal.Send(id, Signal.Kill);
        }

        await Exited;
        _process.Dispose();
    }

    private async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    private void Add(string? line, bool isError)
    {
        if (line is not null)
        {
            _lines.Enqueue((line, isError));
        }
    }
}
