using System.Collections.Concurrent;
using System.Diagnostics;
using BillionHearts.Hosting.Processes;

namespace BillionHearts.Hosting.Tests.Processes;

/// <summary>A host in a process of its own, to be killed: this very program, started with a scenario in its environment.</summary>
internal sealed class DoomedHost : IAsyncDisposable
{
    private const string ScenarioName = "BILLIONHEARTS_DOOMED_HOST";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>What this process is to be instead of a test runner, with its arguments; empty in a test runner.</summary>
    public static string[] Scenario { get; } = Environment.GetEnvironmentVariable(ScenarioName)?.Split('\n') ?? [];

    private DoomedHost(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        Mark = $"{process.Id}-{Posix.StartTicks(process.Id)}";
    }

    public int Id => _process.Id;

    /// <summary>What every child of this host inherits.</summary>
    public string Mark { get; }

    public static async Task<DoomedHost> StartAsync(string scenario, params string[] arguments)
    {
        var startInfo = new ProcessStartInfo(Path.ChangeExtension(typeof(DoomedHost).Assembly.Location, null)) { RedirectStandardOutput = true, RedirectStandardInput = true };
        startInfo.Environment[ScenarioName] = string.Join('\n', [scenario, .. arguments]);

        var host = new DoomedHost(Process.Start(startInfo)!);
        await host.SaidAsync("ready");
        return host;
    }

    public async Task<string> SaidAsync(string beginning)
    {
        await Until.TrueAsync(() => _lines.Any(line => line.StartsWith(beginning, StringComparison.Ordinal)), TimeSpan.FromSeconds(90), beginning);
        return _lines.First(line => line.StartsWith(beginning, StringComparison.Ordinal))[beginning.Length..];
    }

    public async Task KillAsync()
    {
        Posix.Signal(_process.Id, Posix.Kill);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _process.Kill();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }
}
