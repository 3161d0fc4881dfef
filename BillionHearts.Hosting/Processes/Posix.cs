using System.Globalization;
using System.Runtime.InteropServices;

namespace BillionHearts.Hosting.Processes;

/// <summary>The two facts about processes that .NET does not offer: sending any signal, and telling a pid from its reuse.</summary>
internal static partial class Posix
{
    public const int Kill = 9;
    public const int Continue = 18;

    /// <summary>Sends a signal to one process; false when there is none.</summary>
    public static bool Signal(int processId, int signal) => SendSignal(processId, signal) is 0;

    /// <summary>Sends a signal to every process of a group; false when there is none.</summary>
    public static bool SignalGroup(int groupId, int signal) => SendSignal(-groupId, signal) is 0;

    /// <summary>
    /// When the process started, in clock ticks since boot: with the pid it names one process for ever, where a pid alone
    /// is reused after 32768 others. Null when there is no such process.
    /// </summary>
    public static long? StartTicks(int processId)
    {
        try
        {
            // 4711 (name may hold spaces and parentheses) S 1 4711 … : after the last parenthesis, field 22 of proc(5) is the 20th.
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
