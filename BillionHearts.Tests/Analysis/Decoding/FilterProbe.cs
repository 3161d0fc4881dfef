using System.Diagnostics;
using System.Net.Sockets;
using BillionHearts.Analysis.Decoding.Confinement;

namespace BillionHearts.Tests.Analysis.Decoding;

/// <summary>A process that applies the filter to itself and then tries what is refused.</summary>
internal static class FilterProbe
{
    public const string Command = "probe-filter";

    public const string AllRefused = "filter: True\nsocket: refused\nprogram: refused\nwrite: refused\nfolder: refused\nkill: refused\nlimits: refused\nread: allowed\nthread: allowed\n";

    public static async Task<int> RunAsync()
    {
        // A thread that is there before the filter must be held to it as well.
        var earlier = new TaskCompletionSource<string>();
        using var isFiltered = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            isFiltered.Wait();
            earlier.SetResult(Try(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp).Dispose()));
        });
        thread.Start();

        Say("filter", $"{SystemCallFilter.TryApply()}");
        isFiltered.Set();
        var folder = Path.Combine(Path.GetTempPath(), $"billionhearts-{Guid.NewGuid():n}");

        Say("socket", await earlier.Task);
        Say("program", Try(() => Process.Start("/bin/true").Dispose()));
        Say("write", Try(() => File.WriteAllText(folder, "x")));
        Say("folder", Try(() => Directory.CreateDirectory(folder)));
        Say("kill", Try(() => Process.GetCurrentProcess().Kill()));
        Say("limits", ResourceLimits.TrySet(Environment.ProcessId, memory: 4_000_000_000) ? "allowed" : "refused");
        Say("read", Try(() => File.ReadAllText("/proc/self/status")));
        Say("thread", Try(() => new Thread(static () => { }).Start()));
        return 0;
    }

    private static void Say(string name, string result) => Console.WriteLine($"{name}: {result}");

    private static string Try(Action action)
    {
        try
        {
            action();
            return "allowed";
        }
        catch (Exception)
        {
            return "refused";
        }
    }
}
