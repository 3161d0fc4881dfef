using System.Collections;

namespace BillionHearts.Hosting.Launcher;

/// <summary>The shell that the launcher becomes: it starts the server, asks it to stop in the way it understands, and ends with its exit code.</summary>
internal static class ServerShell
{
    // DCP asks every process with SIGTERM, upon which PostgreSQL waits for its clients and nginx breaks off requests. A shell's background child ignores
    // SIGINT and SIGQUIT until told otherwise, and .NET hands on that SIGPIPE is ignored. So the child says by SIGUSR1 when it can be asked, and what was
    // asked before is asked then; it starts no server when there is no shell any more. Waiting is cut short by a signal, hence the loop.
    private const string Script = """
        signal=$1 companion=$2 asked= ready=
        shift 2
        trap 'asked=1; [ -z "$ready" ] || kill -s "$signal" "$!"' TERM INT QUIT
        trap 'ready=1; [ -z "$asked" ] || kill -s "$signal" "$!"' USR1
        env --default-signal=INT,QUIT,PIPE /bin/sh -c 'kill -s USR1 "$0" && exec "$@"' "$$" "$@" &
        wait "$!"
        code=$?
        while kill -0 "$!" 2>/dev/null; do wait "$!"; code=$?; done
        [ -z "$companion" ] || kill "$companion"
        exit "$code"
        """;

    /// <param name="companion">Process that the server needs, to be ended after it; null for none.</param>
    public static string[] CommandOf(ProcessSpec spec, int? companion) =>
        ["/bin/sh", "-c", Script, "sh", Privileges.SignalName(spec.StopSignal), $"{companion}", .. Privileges.Drop(spec), spec.FileName, .. spec.Arguments];

    /// <summary>As execve(2) takes it, one <c>NAME=value</c> each.</summary>
    public static string[] EnvironmentOf(ProcessSpec spec)
    {
        var variables = spec.ClearEnvironment
            ? []
            : Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(variable => (string)variable.Key, variable => (string)variable.Value!);

        foreach (var (name, value) in spec.Environment)
        {
            variables[name] = value;
        }

        variables.TryAdd("PATH", "/usr/bin:/bin");
        return [.. variables.Select(variable => $"{variable.Key}={variable.Value}")];
    }
}
