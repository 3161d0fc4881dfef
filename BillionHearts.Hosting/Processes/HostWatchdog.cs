using System.Diagnostics;
using System.Globalization;

namespace BillionHearts.Hosting.Processes;

/// <summary>
/// The second line of defence behind PDEATHSIG: a shell script in a session of its own that holds a pipe from the host.
/// When the pipe closes the host is gone, however it went, and the script ends what is left: children that ignore their
/// stop signal, grandchildren, and temporary folders.
/// <code>
/// host ──► watch 4711 1234567 15   (group, start ticks of its leader, stop signal)
///      ──► forget 4711
///      ──► folder /tmp/x           (remove it when the host is gone)
///      ──► keep /tmp/x
///      ──► end of file
/// </code>
/// </summary>
internal static class HostWatchdog
{
    /// <summary>Every child inherits this variable, so that even one that changed its group is known as ours.</summary>
    public const string MarkName = "BILLIONHEARTS_HOST";

    private static readonly Lock s_lock = new();
    private static readonly Dictionary<string, string> s_told = [];
    private static Process? s_process;

    /// <summary>This host and no other, ever: pid and start.</summary>
    public static string Mark { get; } = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Posix.StartTicks(Environment.ProcessId)}");

    /// <summary>Names a child's process group that must not outlive the host.</summary>
    public static void Watch(int groupId, StopSignal signal)
    {
        // A child that has ended by now needs no watching.
        if (Posix.StartTicks(groupId) is { } startTicks)
        {
            Tell(GroupKey(groupId), string.Create(CultureInfo.InvariantCulture, $"watch {groupId} {startTicks} {(int)signal}"));
        }
    }

    public static void Forget(int groupId) => Withdraw(GroupKey(groupId), $"forget {GroupKey(groupId)}");

    /// <summary>Names a folder that is removed when the host dies without removing it.</summary>
    public static void WatchFolder(string path) => Tell(FolderKey(path), $"folder {FolderKey(path)}");

    public static void ForgetFolder(string path) => Withdraw(FolderKey(path), $"keep {FolderKey(path)}");

    private static string GroupKey(int groupId) => groupId.ToString(CultureInfo.InvariantCulture);

    private static string FolderKey(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

        return full.Contains('\n', StringComparison.Ordinal) || Path.GetDirectoryName(full) is null
            ? throw new ArgumentException($"'{path}' is no temporary folder.", nameof(path))
            : full;
    }

    private static void Tell(string key, string line)
    {
        lock (s_lock)
        {
            s_told[key] = line;
            Send(line);
        }
    }

    private static void Withdraw(string key, string line)
    {
        lock (s_lock)
        {
            if (s_told.Remove(key))
            {
                Send(line);
            }
        }
    }

    private static void Send(string line)
    {
        try
        {
            if (s_process is { HasExited: false })
            {
                s_process.StandardInput.WriteLine(line);
                return;
            }
        }
        catch (IOException)
        {
            // It ended between the two lines; a new one is told everything.
        }

        s_process?.Dispose();
        s_process = Start();

        foreach (var told in s_told.Values)
        {
            s_process.StandardInput.WriteLine(told);
        }
    }

    private static Process Start()
    {
        using var resource = typeof(HostWatchdog).Assembly.GetManifestResourceStream("watchdog.sh")!;
        using var script = new StreamReader(resource);

        string[] command = ["/bin/sh", "-c", script.ReadToEnd(), "watchdog", $"{MarkName}={Mark}"];
        var startInfo = new ProcessStartInfo(Executables.Require("setsid"), command) { WorkingDirectory = "/", RedirectStandardInput = true };
        // A host that is itself a child of a host: its watchdog is not one of the children to end.
        startInfo.Environment.Remove(MarkName);

        var process = Process.Start(startInfo)!;
        process.StandardInput.AutoFlush = true;
        return process;
    }
}
