using System.Runtime.InteropServices;

namespace BillionHearts.Analysis.Decoding.Confinement;

/// <summary>Limits that the kernel enforces on another process (prlimit(2)). On other systems than Linux there are none.</summary>
internal static class ResourceLimits
{
    private const int ProcessorTime = 0;
    private const int FileSize = 1;
    private const int Data = 2;
    private const int CoreSize = 4;

    /// <summary>Above the limit an allocation fails. Nothing is written to files.</summary>
    /// <param name="memory">Writable memory of its own, in bytes, used or not.</param>
    public static void Set(int processId, long memory)
    {
        Set(processId, Data, memory);
        Set(processId, FileSize, 0);
        Set(processId, CoreSize, 0);
    }

    /// <summary>The process is ended with SIGXCPU when its threads have used this much processor time since it started.</summary>
    public static void SetProcessorTime(int processId, TimeSpan total) => Set(processId, ProcessorTime, (long)Math.Ceiling(total.TotalSeconds));

    private static void Set(int processId, int resource, long limit)
    {
        if (OperatingSystem.IsLinux())
        {
            // The soft limit only: the hard one can never be raised again, but the process's own calls cannot raise either (SystemCallFilter).
            var limits = new Limits((ulong)limit, ulong.MaxValue);
            _ = SetLimits(processId, resource, limits, 0);
        }
    }

    [DllImport("libc", EntryPoint = "prlimit")]
    private static extern int SetLimits(int processId, int resource, in Limits limits, nint old);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limits(ulong soft, ulong hard)
    {
        private readonly ulong _soft = soft;
        private readonly ulong _hard = hard;
    }
}
