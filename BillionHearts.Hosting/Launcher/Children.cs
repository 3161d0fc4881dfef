using System.Diagnostics;
using BillionHearts.Hosting.Servers;

namespace BillionHearts.Hosting.Launcher;

/// <summary>Children that the launcher itself starts: programs that must have run before a server starts, such as initdb and <c>nginx -t</c>.</summary>
internal static class Children
{
    private const int LinesQuoted = 4;

    // Not async: PDEATHSIG comes when the thread ends that started a process, and one of the pool that has nothing to do ends after 20 s.
    /// <exception cref="NativeServerException">It failed; the sentence carries the last lines it wrote.</exception>
    public static void RunToEnd(this NativeServerContext context, ProcessSpec spec)
    {
        using var process = Process.Start(StartInfo(spec, isRedirected: true))!;
        process.StandardInput.Write(spec.Input);
        process.StandardInput.Close();
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()).GetAwaiter().GetResult();
        process.WaitForExit();

        if (process.ExitCode is not 0)
        {
            var lines = string.Concat(output).Split('\n').Where(line => !string.IsNullOrWhiteSpace(line)).TakeLast(LinesQuoted);
            throw context.Refuse($"{Path.GetFileName(spec.FileName)} failed with exit code {process.ExitCode}: {string.Join(" / ", lines)}");
        }
    }

    public static ProcessStartInfo StartInfo(ProcessSpec spec, bool isRedirected)
    {
        string[] command = [.. Privileges.Drop(spec), spec.FileName, .. spec.Arguments];
        var info = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = spec.WorkingDirectory,
            RedirectStandardInput = isRedirected,
            RedirectStandardOutput = isRedirected,
            RedirectStandardError = isRedirected,
        };

        info.Environment.Clear();
        foreach (var variable in ServerShell.EnvironmentOf(spec))
        {
            var end = variable.IndexOf('=', StringComparison.Ordinal);
            info.Environment[variable[..end]] = variable[(end + 1)..];
        }

        return info;
    }
}
