using System.Collections;

namespace BillionHearts.Hosting.Launcher;

/// <summary>The shell that the launcher becomes: it starts the server, asks it to stop in the way it understands, and ends with its exit code.</summary>
internal static class ServerShell
{
    // DCP asks every process with SIGTERM, upon which PostgreSQL waits for its clients and nginx breaks off requests. A shell's background child ignores
    // SIGINT and SIGQUIT until told otherwise, and .NET hands on that SIGPIPE is ignored. Waiting is cut short by a signal, hence the loop.
    private const string Script = """
        signal=$1 companion=$2
        shift 2
        env --default-signal=INT,QUIT,PIPE "$@" &
        child=$!
        trap 'kill -s "$signal" "$child"' TERM INT QUIT
        wait "$child"
        code=$?
        while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
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
