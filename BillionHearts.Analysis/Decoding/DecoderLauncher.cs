using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using BillionHearts.Analysis.Decoding.Confinement;

namespace BillionHearts.Analysis.Decoding;

/// <summary>
/// Starts processes that can read the runtime, the libraries and nothing else, and have no special rights as root. One thread restricts itself, which cannot be undone, and then starts them all: a
/// child inherits the restrictions of the thread that starts it, so they hold before its first instruction.
/// </summary>
internal sealed class DecoderLauncher : IDisposable
{
    private readonly BlockingCollection<Order> _orders = [];
    private readonly TaskCompletionSource<bool> _isConfined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;

    public DecoderLauncher()
    {
        _thread = new Thread(Work) { IsBackground = true, Name = "decoder launcher" };
        _thread.Start();
    }

    /// <summary>Whether the kernel enforces it.</summary>
    public Task<bool> IsConfinedAsync() => _isConfined.Task;

    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public Task<Process> StartAsync(ProcessStartInfo program)
    {
        var order = new Order(program, new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously));
        _orders.Add(order);
        return order.Started.Task;
    }

    public void Dispose()
    {
        // Ends the thread, and with it each process that is still there: see DecoderProgram.
        _orders.CompleteAdding();
        _thread.Join();
        _orders.Dispose();
    }

    private void Work()
    {
        _isConfined.SetResult(Landlock.TryRestrictThread(Readable()) & Capabilities.TryDropOfThread());

        foreach (var order in _orders.GetConsumingEnumerable())
        {
            try
            {
                order.Started.SetResult(Process.Start(order.Program)!);
            }
            catch (Exception exception)
            {
                order.Started.SetException(exception);
            }
        }
    }

    // In /proc the memory and environment of other processes stay closed: they need the right to trace the process, which Landlock refuses outside of the
    // decoders, and a decoder refuses to its siblings (DecoderProgram). Their names and arguments can be read.
    private static IEnumerable<string> Readable() =>
    [
        DotnetRoot, AppContext.BaseDirectory, "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/proc", "/sys/fs/cgroup", "/sys/devices/system",
        "/dev/null", "/dev/zero", "/dev/urandom",
    ];

    /// <summary>The folder of the runtime that this process uses.</summary>
    public static string DotnetRoot { get; } = RootOf(RuntimeEnvironment.GetRuntimeDirectory());

    // …/shared/Microsoft.NETCore.App/10.0.0, unless the program carries its own runtime.
    private static string RootOf(string runtime) =>
        new DirectoryInfo(runtime).Parent?.Parent is { Name: "shared", Parent: { } root } ? root.FullName : AppContext.BaseDirectory;

    private sealed record Order(ProcessStartInfo Program, TaskCompletionSource<Process> Started);
}
