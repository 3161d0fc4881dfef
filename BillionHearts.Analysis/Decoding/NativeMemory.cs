using System.Runtime.InteropServices;

namespace BillionHearts.Analysis.Decoding;

/// <summary>
/// How the C library keeps the memory of pixels. As it comes, it gives every thread a heap of its own, which keeps what an image needed, and asks the kernel
/// for each large buffer again, which costs as much time as decoding a third of the image (docs/performance.md).
/// </summary>
internal static class NativeMemory
{
    // The parameters of mallopt(3).
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    private const int Arenas = 2;
    private const int LargestReused = 32 * 1024 * 1024; // The highest that glibc allows.
    private const int KeptFree = 64 * 1024 * 1024;

    /// <summary>Few heaps, whose memory is used again. Call it before other threads start.</summary>
    public static void Reuse()
    {
        try
        {
            _ = SetOption(ArenaMax, Arenas);
            _ = SetOption(MmapThreshold, LargestReused);
            _ = SetOption(TrimThreshold, KeptFree);
        }
        catch (Exception exception) when (IsOtherLibrary(exception))
        {
            // Another C library than glibc, which manages its memory in its own way.
        }
    }

    /// <summary>Gives the kernel back what is free.</summary>
    public static void GiveBack()
    {
        try
        {
            _ = Trim(0);
        }
        catch (Exception exception) when (IsOtherLibrary(exception))
        {
        }
    }

    private static bool IsOtherLibrary(Exception exception) => exception is DllNotFoundException or EntryPointNotFoundException;

    [DllImport("libc", EntryPoint = "mallopt")]
    private static extern int SetOption(int parameter, int value);

    [DllImport("libc", EntryPoint = "malloc_trim")]
    private static extern int Trim(nuint pad);
}
