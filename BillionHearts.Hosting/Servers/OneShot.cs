using System.Collections.Concurrent;
using BillionHearts.Hosting.Processes;

namespace BillionHearts.Hosting.Servers;

/// <summary>Programs that a server needs to have run before it starts: initdb, nginx -t.</summary>
internal static class OneShot
{
    private const int LinesTold = 4;

    /// <exception cref="DistributedApplicationException">It failed; the sentence carries the last lines it wrote.</exception>
    public static async Task RunToEndAsync(this NativeServerContext context, ProcessSpec spec, CancellationToken cancellationToken)
    {
        var lines = new ConcurrentQueue<string>();
        await using var child = await ChildProcess.StartAsync(spec, (line, _) => lines.Enqueue(line), cancellationToken);
        var exitCode = await child.Exited.WaitAsync(cancellationToken);

        if (exitCode is not 0)
        {
            var said = string.Join(" / ", lines.Where(line => !string.IsNullOrWhiteSpace(line)).TakeLast(LinesTold));
            throw context.Refuse($"{Path.GetFileName(spec.FileName)} ended with {exitCode}: {said}");
        }
    }
}
