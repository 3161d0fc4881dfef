using System.Runtime.InteropServices;

namespace BillionHearts.Analysis.Decoding.Confinement;

/// <summary>Limits that the kernel enforces on another process (prlimit(2)). On other systems than Linux there are none.</summary>
internal static class ResourceLimits
{
    private const int ProcessorTime = 0;
    private const int FileSize = 1;
    private const int Data = 2;
    private const int CoreSize = 4;

    /// <summary>Above the limit an allocation fails; memory that is shared does not count. Nothing is written to files.</summary>
    /// <param name="memory">Writable memory of its own, in bytes, used or not.</param>
    /// <returns>Whether all are set.</returns>
    public static bool TrySet(int processId, long memory) =>
        TrySet(processId, Data, memory) & TrySet(processId, FileSize, 0) & TrySet(processId, CoreSize, 0);

    /// <summary>The process is ended with SIGXCPU when its threads have used this much processor time since it started.</summary>
    public static void SetProcessorTime(int processId, TimeSpan total) => TrySet(processId, ProcessorTime, (long)Math.Ceiling(total.TotalSeconds));

    // The soft limit, within the hard one, which could never be raised again. The process itself can raise neither (SystemCallFilter).
    private static bool TrySet(int processId, int resource, long limit) =>
        OperatingSystem.IsLinux()
        && GetLimits(processId, resource, 0, out var now) is 0
        && SetLimits(processId, resource, now with { Soft = Math.Min((ulong)limit, now.Hard) }, 0) is 0;

    [DllImport("libc", EntryPoint = "prlimit")]
    private static extern int GetLimits(int processId, int resource, nint none, out Limits limits);

    [DllImport("libc", EntryPoint = "prlimit")]
    private static extern int SetLimits(int processId, int resource, in Limits limits, nint old);

    [StructLayout(LayoutKind.Sequential)]
    private record struct Limits(ulong Soft, ulong Hard);
}
