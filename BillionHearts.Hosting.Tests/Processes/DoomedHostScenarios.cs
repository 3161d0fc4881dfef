using BillionHearts.Hosting.Processes;

namespace BillionHearts.Hosting.Tests.Processes;

/// <summary>What a doomed host does until it is killed.</summary>
internal static class DoomedHostScenarios
{
    public static async Task RunAsync(string scenario, string[] arguments)
    {
        await (scenario switch
        {
            "shells" => StartShellsAsync(arguments[0]),
            "orderly" => StopInOrderAsync(),
            _ => throw new ArgumentException(scenario),
        });

        Console.WriteLine("ready");
        await Task.Delay(Timeout.Infinite);
    }

    private static async Task StartShellsAsync(string folder)
    {
        HostWatchdog.WatchFolder(folder);

        // One that goes when asked, and notes that it was.
        await StartAsync($"trap 'echo asked >>{folder}.asked; sleep 0.5; exit' TERM; echo obedient $$; while :; do sleep 0.05; done");
        // One that does not listen, with a grandchild.
        await StartAsync("trap '' TERM; sleep 600 & echo grandchild $!; echo stubborn $$; while :; do sleep 0.05; done");
        // One that made itself a session of its own and whose parent has ended.
        await StartAsync("setsid sleep 600 & echo runaway $!; exec sleep 600");
    }

    private static async Task StopInOrderAsync()
    {
        var child = await ChildProcess.StartAsync(Script("sleep 600"), (_, _) => { }, CancellationToken.None);
        await child.DisposeAsync();
    }

    private static async Task StartAsync(string script)
    {
        var spoken = new TaskCompletionSource();
        await ChildProcess.StartAsync(
            Script(script),
            (line, _) =>
            {
                Console.WriteLine(line);
                spoken.TrySetResult();
            },
            CancellationToken.None);
        await spoken.Task;
    }

    private static ProcessSpec Script(string script) => new() { FileName = "/bin/sh", Arguments = ["-c", script], WorkingDirectory = "/" };
}
