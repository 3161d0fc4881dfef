using BillionHearts.Hosting.Processes;

namespace BillionHearts.Hosting.Tests.Processes;

/// <summary>What the kernel knows about processes.</summary>
internal static class ProcessTable
{
    /// <summary>Running, and not merely waiting to be reaped by whoever inherited it.</summary>
    public static bool IsRunning(int processId) => StatOf(processId) is ["Z" or "X", ..] or null ? false : true;

    /// <summary>Group and session of a process.</summary>
    public static (int Group, int Session) GroupOf(int processId)
    {
        // state, parent, group, session, …
        var stat = StatOf(processId) ?? throw new InvalidOperationException($"There is no process {processId}.");
        return (int.Parse(stat[2]), int.Parse(stat[3]));
    }

    public static int[] MembersOf(int group) =>
        [.. All().Where(id => StatOf(id) is [not "Z" and not "X", _, var itsGroup, ..] && itsGroup == $"{group}")];

    public static int[] ChildrenOf(int parent) =>
        [.. All().Where(id => StatOf(id) is [not "Z" and not "X", var itsParent, ..] && itsParent == $"{parent}")];

    public static string CommandOf(int processId) => Read($"/proc/{processId}/cmdline").Replace('\0', ' ');

    public static string? ProgramOf(int processId) => new FileInfo($"/proc/{processId}/exe").LinkTarget is { } program ? Path.GetFileName(program) : null;

    public static string[] EnvironmentOf(int processId) => Read($"/proc/{processId}/environ").Split('\0');

    /// <summary>Everything that any child of the host inherited its mark.</summary>
    public static int[] MarkedBy(string mark) =>
        [.. All().Where(id => IsRunning(id) && EnvironmentOf(id).Contains($"{HostWatchdog.MarkName}={mark}"))];

    public static IEnumerable<int> All() =>
        Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!));

    private static string[]? StatOf(int processId)
    {
        var stat = Read($"/proc/{processId}/stat");
        return stat is "" ? null : stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
