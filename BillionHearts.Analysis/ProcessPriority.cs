using System.Globalization;
using System.Runtime.InteropServices;

namespace BillionHearts.Analysis;

internal static class ProcessPriority
{
    private const int Niceness = 10;
    private const int OneThread = 0; // PRIO_PROCESS, which on Linux means one thread.

    /// <summary>
    /// Lets every other process on the machine go first: an upload that waits for the CPU is seen by a user, an analysis is not.
    /// Call before the first of the pool's threads exists; a new thread takes over the niceness of the one that starts it.
    /// </summary>
    public static void YieldToOthers()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // Process.PriorityClass would lower the main thread only.
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            // Lowering one's own priority needs no right; a thread that ended meanwhile has none to lower.
            _ = SetPriority(OneThread, int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), Niceness);
        }

        YieldAsSession();
    }

    /// <summary>
    /// Where the kernel shares the CPU out among sessions first (<c>sched_autogroup</c>), the niceness of threads counts only within
    /// their own. A session that is this process's alone is lowered as well; one that it shares is not its to lower.
    /// </summary>
    private static void YieldAsSession()
    {
        const string Autogroup = "/proc/self/autogroup";

        if (SessionOf(0) != Environment.ProcessId || !File.Exists(Autogroup))
        {
            return;
        }

        try
        {
            File.WriteAllText(Autogroup, Niceness.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A container may forbid it. There the session does not count, and the container's own share does.
        }
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    private static extern int SetPriority(int which, int who, int niceness);

    [DllImport("libc", EntryPoint = "getsid")]
    private static extern int SessionOf(int pid);
}
