using System.Collections.Concurrent;
using System.Diagnostics;

namespace BillionHearts.Hosting.Processes;

/// <summary>
/// Starts every child from one thread that lives as long as the host. The kernel ties PDEATHSIG to the thread that
/// forked: from a pool thread, children would be told that their parent died whenever the pool shrinks.
/// </summary>
internal static class SpawnThread
{
    private static readonly BlockingCollection<Action> s_work = [];

    static SpawnThread() => new Thread(Run) { IsBackground = true, Name = "spawn" }.Start();

    public static Task<Process> StartAsync(ProcessStartInfo startInfo)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);

        s_work.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(startInfo)!);
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        });

        return started.Task;
    }

    private static void Run()
    {
        foreach (var start in s_work.GetConsumingEnumerable())
        {
            start();
        }
    }
}
