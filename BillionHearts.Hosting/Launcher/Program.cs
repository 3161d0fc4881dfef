using System.Runtime.InteropServices;
using BillionHearts.Hosting.Servers;

namespace BillionHearts.Hosting.Launcher;

/// <summary>
/// The entry point of an image that runs as a process. Its environment, arguments and mounts are those of the container. It prepares what the image's own
/// entry point would (initdb, configuration files, accounts) and then becomes the server's parent, a shell that passes signals on:
/// <code>DCP ─ fork ─ this program ─ exec ─ sh ─ fork ─ setpriv (account, PDEATHSIG) ─ exec server</code>
/// What cannot be started is one sentence on standard error, which is the resource's console.
/// </summary>
internal static partial class Program
{
    // Not async: PDEATHSIG comes when the thread ends that started a process, and exec ends all but the one that calls it. Here both are the main thread,
    // so a companion lives as long as the shell that this program becomes, and no longer.
    private static int Main(string[] args)
    {
        if (Environment.GetEnvironmentVariable(ContainerDescription.Variable) is not { Length: > 0 } json || ContainerDescription.FromJson(json) is not { } container)
        {
            Console.Error.WriteLine("This program runs a server in place of a container. The AppHost starts it; it cannot be started by hand.");
            return 2;
        }

        try
        {
            var spec = PrepareAsync(ContextOf(container, args)).GetAwaiter().GetResult();
            int? companion = spec.Companion is { } needed ? Companion.Start(needed) : null;
            throw Become(ServerShell.CommandOf(spec, companion), ServerShell.EnvironmentOf(spec), spec.WorkingDirectory);
        }
        catch (NativeServerException refusal)
        {
            Console.Error.WriteLine(refusal.Message);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"Resource '{container.Name}' cannot start: {fault.Message}");
        }

        return 1;
    }

    private static async Task<ProcessSpec> PrepareAsync(NativeServerContext context)
    {
        var server = NativeServers.Find(context.Container);
        await ListeningPorts.RequireFreeAsync(context);
        return await server.PrepareAsync(context, CancellationToken.None);
    }

    private static NativeServerContext ContextOf(ContainerDescription container, string[] args) => new()
    {
        Container = container with { DataPath = Directory.CreateDirectory(container.DataPath).FullName },
        Environment = container.Variables
            .Where(name => name is not ContainerDescription.Variable)
            .ToDictionary(name => name, name => Environment.GetEnvironmentVariable(name) ?? ""),
        Arguments = args,
        Log = Console.WriteLine,
    };

    /// <summary>Returns only when it fails.</summary>
    private static NativeServerException Become(string[] command, string[] environment, string workingDirectory)
    {
        Directory.SetCurrentDirectory(workingDirectory);
        _ = Execute(command[0], [.. command, null], [.. environment, null]);
        return new NativeServerException($"'{command[0]}' could not be started: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments, string?[] environment);
}
