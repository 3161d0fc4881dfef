using System.Globalization;

namespace BillionHearts.Tests.AppHost;

/// <summary>All processes that an AppHost has brought about. Aspire's orchestrator is no child of it: it names in an argument whom it serves.</summary>
internal sealed class ProcessTree
{
    private readonly List<Entry> _members;

    private ProcessTree(List<Entry> members) => _members = members;

    /// <summary>Those that run; a child that nobody has waited for yet does not.</summary>
    public IReadOnlyList<string> Left => [.. _members.Where(member => Read(member.Id) is { } now && now.Start == member.Start && now.State is not 'Z').Select(member => member.Command)];

    public int Count => _members.Count;

    public static ProcessTree Of(int root)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? Read(id) : null)
            .OfType<Entry>().ToList();
        var found = all.Where(process => process.Id == root).ToList();

        for (var next = found; next.Count > 0; found.AddRange(next))
        {
            next = [.. all.Except(found).Where(process => found.Exists(known => process.Parent == known.Id || process.Serves == known.Id))];
        }

        return new ProcessTree(found);
    }

    private static Entry? Read(int id)
    {
        try
        {
            // 4711 (name) S 1 … : what follows the last parenthesis begins with the state and the parent; the start, in ticks, is its 20th word.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var command = File.ReadAllText($"/proc/{id}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
            var monitor = Array.IndexOf(command, "--monitor");
            var serves = monitor >= 0 && monitor + 1 < command.Length ? int.Parse(command[monitor + 1], CultureInfo.InvariantCulture) : 0;
            return new Entry(id, int.Parse(fields[1], CultureInfo.InvariantCulture), fields[19], fields[0][0], serves, string.Join(' ', command));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed record Entry(int Id, int Parent, string Start, char State, int Serves, string Command);
}
