using System.Globalization;

namespace BillionHearts.TestSupport.Processes;

/// <summary>The processes of this machine, read from <c>/proc</c>. A zombie counts as ended.</summary>
public static class ProcessTable
{
    public static IReadOnlyList<RunningProcess> All() =>
        [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? Find(id) : null)
            .OfType<RunningProcess>()];

    /// <returns>Null when the process has ended.</returns>
    public static RunningProcess? Find(int processId)
    {
        // 4711 (name) S 1 … : after the last parenthesis come the state and the parent; the start time is the 20th field there.
        var stat = Read($"/proc/{processId}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields is [not "Z" and not "X", var parent, ..]
            ? new RunningProcess(processId, int.Parse(parent, CultureInfo.InvariantCulture), fields[19], CommandLineOf(processId))
            : null;
    }

    public static bool IsRunning(int processId) => Find(processId) is not null;

    public static int[] ChildrenOf(int parent) => [.. All().Where(process => process.ParentId == parent).Select(process => process.Id)];

    public static int[] DescendantsOf(int ancestor) => [.. ChildrenOf(ancestor).SelectMany(child => DescendantsOf(child).Prepend(child))];

    public static string CommandOf(int processId) => string.Join(' ', CommandLineOf(processId));

    public static string? ProgramOf(int processId) => new FileInfo($"/proc/{processId}/exe").LinkTarget is { } program ? Path.GetFileName(program) : null;

    public static string[] EnvironmentOf(int processId) => Read($"/proc/{processId}/environ").Split('\0');

    /// <summary>Effective user id; null when the process has ended.</summary>
    public static int? UserOf(int processId)
    {
        // Uid:	65534	65534	65534	65534
        var line = Read($"/proc/{processId}/status").Split('\n').FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal));
        return line is null ? null : int.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture);
    }

    private static string[] CommandLineOf(int processId) => Read($"/proc/{processId}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);

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
