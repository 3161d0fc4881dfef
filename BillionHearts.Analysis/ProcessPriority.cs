using System.Globalization;
using System.Runtime.InteropServices;

namespace BillionHearts.Analysis;

internal static class ProcessPriority
{
    /// <summary>The niceness of work that nobody waits for.</summary>
    public const int Lowest = 19;

    private const int Niceness = 10;
    private const int OneThread = 0; // PRIO_PROCESS, which on Linux means one thread.

    /// <summary>
    /// Gives every other process on the machine priority: a user notices an upload that waits for the CPU, but not an analysis.
    /// Call it before the thread pool starts; a new thread inherits the niceness of the thread that starts it.
    /// </summary>
    public static void YieldToOthers()
    {
        if (OperatingSystem.IsLinux())
        {
            Lower(Niceness);
            YieldAsSession();
        }
    }

    /// <summary>Sets the niceness of all threads, which later ones and child processes inherit.</summary>
    public static void Lower(int niceness)
    {
        // Process.PriorityClass would lower the main thread only.
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            // Lowering the own priority needs no permission; a thread that has ended in the meantime is ignored.
            _ = SetPriority(OneThread, int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), niceness);
        }
    }

    /// <summary>Gives a process that has one thread the lowest priority.</summary>
    public static void LowerProcess(int processId) => _ = SetPriority(OneThread, processId, Lowest);

    /// <summary>
    /// Where the kernel divides the CPU among sessions first (<c>sched_autogroup</c>), the niceness of a thread counts only within
    /// its session. So the session is lowered too, unless other processes share it.
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
            // A container may forbid it. There the container's CPU share counts, not the session.
        }
    }

    [DllImport("libc", EntryPoint = "setpriority")]
    private static extern int SetPriority(int which, int who, int niceness);

    [DllImport("libc", EntryPoint = "getsid")]
    private static extern int SessionOf(int pid);
}
