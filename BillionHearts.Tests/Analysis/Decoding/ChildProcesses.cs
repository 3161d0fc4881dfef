using System.Diagnostics;

namespace BillionHearts.Tests.Analysis.Decoding;

/// <summary>What the kernel says of a process, and an end for it.</summary>
internal static class ChildProcesses
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Waits until it has used half a second of processor time since the call.</summary>
    public static async Task WorksAsync(int id, CancellationToken cancellationToken)
    {
        using var process = Process.GetProcessById(id);
        var before = process.TotalProcessorTime;
        await Eventually.ReadAsync(
            _ =>
            {
                process.Refresh();
                return Task.FromResult(process.TotalProcessorTime);
            },
            until: used => used > before + TimeSpan.FromSeconds(0.5),
            s_limit,
            cancellationToken);
    }

    public static Task EndsAsync(int id, CancellationToken cancellationToken) => Eventually.ReadAsync(
        _ => Task.FromResult(Directory.Exists($"/proc/{id}")), until: isThere => !isThere, s_limit, cancellationToken);

    public static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
    }

    /// <param name="name">A line of proc_pid_status(5).</param>
    public static string Status(int id, string name) =>
        File.ReadAllLines($"/proc/{id}/status").Single(line => line.StartsWith($"{name}:", StringComparison.Ordinal)).Split('\t', ' ')[^1];
}
