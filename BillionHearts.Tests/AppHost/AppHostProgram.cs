using System.Diagnostics;

namespace BillionHearts.Tests.AppHost;

/// <summary>The AppHost as a person starts it: a process with a terminal, a data folder and ports of its own.</summary>
internal sealed class AppHostProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AppHostProgram(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _ = process.WaitForExitAsync().ContinueWith(_ => _ended.TrySetResult(), TaskScheduler.Default);
    }

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <summary>All that it has written so far.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    public static AppHostProgram Start(params string[] args)
    {
        // The tests lie beside the programs that they test: …/bin/BillionHearts.Tests/release
        var own = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var program = Path.Combine(own.Parent!.Parent!.FullName, "BillionHearts.AppHost", own.Name, "BillionHearts.AppHost");
        var start = new ProcessStartInfo(program, args) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_ENVIRONMENT"] = start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        return new AppHostProgram(Process.Start(start)!);
    }

    public async Task<string> WaitForOutputAsync(string text, TimeSpan limit, CancellationToken cancellationToken)
    {
        var seen = await Eventually.ReadAsync(
            _ => Task.FromResult((Text: Output, _process.HasExited)),
            until: read => read.Text.Contains(text, StringComparison.Ordinal) || read.HasExited,
            limit,
            cancellationToken);
        Assert.Contains(text, seen.Text, StringComparison.Ordinal);
        return seen.Text;
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        await _ended.Task.WaitAsync(limit, cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Asks it to stop, and waits until nothing is left of it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            var tree = ProcessTree.StartedBy(Id);
            Signal.Send(Id, Signal.Interrupt);
            await Eventually.ReadAsync(_ => Task.FromResult(tree.Running), until: left => left.Count is 0, TimeSpan.FromSeconds(60), CancellationToken.None);
        }

        _process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is not null)
        {
            lock (_lines)
            {
                _lines.Add(line);
            }
        }
    }
}
