namespace BillionHearts.Hosting.Launcher;

/// <summary>Everything needed to start one child process, with nothing left to resolve.</summary>
internal sealed record ProcessSpec
{
    /// <summary>Absolute path of the executable.</summary>
    public required string FileName { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables set for the child, over the AppHost's own unless <see cref="ClearEnvironment"/>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Start from an empty environment: servers that read stray variables must not see the AppHost's.</summary>
    public bool ClearEnvironment { get; init; }

    public required string WorkingDirectory { get; init; }

    /// <summary>Run as the unprivileged account when the AppHost is root: PostgreSQL refuses root, the others do not need it.</summary>
    public bool DropPrivileges { get; init; }

    /// <summary>What the child reads from standard input before its end; without it the end comes at once.</summary>
    public string Input { get; init; } = "";

    /// <summary>The signal that asks for an orderly stop.</summary>
    public StopSignal StopSignal { get; init; } = StopSignal.Terminate;

    /// <summary>A port on loopback; when set, the process counts as started once it accepts connections there.</summary>
    public int? ReadyPort { get; init; }

    /// <summary>A process this one needs and outlives its use, such as Erlang's epmd: started before, stopped after.</summary>
    public ProcessSpec? Companion { get; init; }
}

internal enum StopSignal
{
    Interrupt = 2,
    Quit = 3,
    Terminate = 15,
}
