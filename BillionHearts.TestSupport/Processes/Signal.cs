using System.Runtime.InteropServices;

namespace BillionHearts.TestSupport.Processes;

/// <summary>Sends a signal to one process, with kill(2).</summary>
public static partial class Signal
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <returns>False when there is no such process.</returns>
    public static bool Send(int processId, int signal) => SendSignal(processId, signal) is 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
