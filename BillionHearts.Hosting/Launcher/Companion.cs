using System.Diagnostics;
using BillionHearts.Hosting.Servers;

namespace BillionHearts.Hosting.Launcher;

/// <summary>A process that a server needs beside it, such as Erlang's epmd. Its parent becomes the shell that the launcher turns into.</summary>
internal static class Companion
{
    /// <summary>Starts it and waits until it listens.</summary>
    /// <returns>Its process id.</returns>
    public static int Start(ProcessSpec spec)
    {
        using var process = Process.Start(Children.StartInfo(spec, isRedirected: false))!;

        return spec.ReadyPort is not { } port || LoopbackPorts.AcceptsAsync(port, process.WaitForExitAsync()).GetAwaiter().GetResult()
            ? process.Id
            : throw new NativeServerException($"'{spec.FileName}' was started but does not listen on port {port}.");
    }
}
