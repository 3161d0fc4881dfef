using System.Runtime.InteropServices;

namespace BillionHearts.Hosting.Tests.Processes;

/// <summary>Signals as kill(2) sends them, to one process.</summary>
internal static partial class Signal
{
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <returns>False when there is no such process.</returns>
    public static bool Send(int processId, int signal) => SendSignal(processId, signal) is 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
