using System.Collections.Concurrent;
using BillionHearts.Hosting.Processes;

namespace BillionHearts.Hosting.Tests.Processes;

/// <summary>A child that runs a shell script, and what it said.</summary>
internal sealed class Shell : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Text, bool IsError)> _lines = new();

    private Shell()
    {
    }

    public ChildProcess Child { get; private set; } = null!;

    public string[] Lines => [.. _lines.Select(line => line.Text)];

    public string[] Errors => [.. _lines.Where(line => line.IsError).Select(line => line.Text)];

    public static ProcessSpec Spec(string script) => new() { FileName = "/bin/sh", Arguments = ["-c", script], WorkingDirectory = "/" };

    public static Task<Shell> StartAsync(string script) => StartAsync(Spec(script));

    public static async Task<Shell> StartAsync(ProcessSpec spec)
    {
        var shell = new Shell();
        shell.Child = await ChildProcess.StartAsync(spec, (text, isError) => shell._lines.Enqueue((text, isError)), TestContext.Current.CancellationToken);
        return shell;
    }

    /// <summary>Waits for a line and returns what follows the given beginning.</summary>
    public async Task<string> SaidAsync(string beginning)
    {
        await Until.TrueAsync(() => Lines.Any(line => line.StartsWith(beginning, StringComparison.Ordinal)), TimeSpan.FromSeconds(20), beginning);
        return Lines.First(line => line.StartsWith(beginning, StringComparison.Ordinal))[beginning.Length..];
    }

    public ValueTask DisposeAsync() => Child.DisposeAsync();
}
