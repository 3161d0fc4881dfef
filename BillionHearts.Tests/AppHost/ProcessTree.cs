
namespace BillionHearts.Tests.AppHost;

/// <summary>All processes that an AppHost has started. Aspire's orchestrator is not its child: it names in an argument which process it serves.</summary>
internal sealed class ProcessTree
{
    private readonly List<RunningProcess> _members;

    private ProcessTree(List<RunningProcess> members) => _members = members;

    /// <summary>The commands of those that still run.</summary>
    public IReadOnlyList<string> Running =>
        [.. _members.Where(member => ProcessTable.Find(member.Id)?.StartTime == member.StartTime).Select(member => string.Join(' ', member.Command))];

    public int Count => _members.Count;

    public static ProcessTree StartedBy(int root)
    {
        var all = ProcessTable.All();
        var found = all.Where(process => process.Id == root).ToList();

        for (var next = found; next.Count > 0; found.AddRange(next))
        {
            next = [.. all.Except(found).Where(process => found.Exists(known => process.ParentId == known.Id || Serves(process, known)))];
        }

        return new ProcessTree(found);
    }

    private static bool Serves(RunningProcess orchestrator, RunningProcess process)
    {
        var option = orchestrator.Command.Index().FirstOrDefault(argument => argument.Item is "--monitor");
        return option.Item is not null && orchestrator.Command.ElementAtOrDefault(option.Index + 1) == $"{process.Id}";
    }
}
