using System.Globalization;

namespace BillionHearts.Hosting.Tests.Processes;

/// <summary>What the kernel knows about processes.</summary>
internal static class ProcessTable
{
    /// <summary>Running, and not merely waiting to be reaped by whoever inherited it.</summary>
    public static bool IsRunning(int processId) => StatOf(processId) is [not "Z" and not "X", ..];

    public static int[] ChildrenOf(int parent) =>
        [.. All().Where(id => StatOf(id) is [not "Z" and not "X", var itsParent, ..] && itsParent == $"{parent}")];

    public static int[] DescendantsOf(int ancestor) =>
        [.. ChildrenOf(ancestor).SelectMany(child => DescendantsOf(child).Prepend(child))];

    public static string CommandOf(int processId) => Read($"/proc/{processId}/cmdline").Replace('\0', ' ');

    public static string? ProgramOf(int processId) => new FileInfo($"/proc/{processId}/exe").LinkTarget is { } program ? Path.GetFileName(program) : null;

    public static string[] EnvironmentOf(int processId) => Read($"/proc/{processId}/environ").Split('\0');

    /// <summary>Effective user id; null when the process has ended.</summary>
    public static int? UserOf(int processId)
    {
        // Uid:	65534	65534	65534	65534
        var line = Read($"/proc/{processId}/status").Split('\n').FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal));
        return line is null ? null : int.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture);
    }

    public static IEnumerable<int> All() => Directory.EnumerateDirectories("/proc")
        .Select(Path.GetFileName)
        .Where(name => int.TryParse(name, out _))
        .Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    // state, parent, …
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
