using BillionHearts.Dashboard.Orchestration;

namespace BillionHearts.Dashboard.Pages.Resources;

internal sealed record GraphNode(string Name, ResourceSnapshot Worst, int Replicas, double X, double Y);

internal sealed record GraphEdge(GraphNode From, GraphNode To, string Types);

/// <summary>
/// Resources in columns from left to right: what is depended on stands left of what depends on it. Within a column they are
/// ordered by where their neighbours stand, which removes most crossings.
/// </summary>
internal sealed class GraphLayout
{
    public const double NodeWidth = 190;
    public const double NodeHeight = 54;
    private const double ColumnWidth = 270;
    private const double RowHeight = 78;
    private const double Margin = 24;

    public List<GraphNode> Nodes { get; } = [];

    public List<GraphEdge> Edges { get; } = [];

    public double Width { get; private set; }

    public double Height { get; private set; }

    public static GraphLayout Of(IReadOnlyList<ResourceSnapshot> resources)
    {
        var layout = new GraphLayout();
        var groups = resources.GroupBy(resource => resource.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.ToList(), StringComparer.OrdinalIgnoreCase);

        // Relationships name the resource or one of its replicas.
        var names = resources.SelectMany(resource => new[] { (resource.Name, resource.Name), (resource.Id, resource.Name) })
            .DistinctBy(pair => pair.Item1, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.OrdinalIgnoreCase);

        var needs = groups.ToDictionary(
            group => group.Key,
            group => group.Value.SelectMany(resource => resource.Relationships)
                .Where(relation => names.ContainsKey(relation.ResourceName) && names[relation.ResourceName] != group.Key)
                .ToLookup(relation => names[relation.ResourceName], relation => relation.Type),
            StringComparer.OrdinalIgnoreCase);

        layout.Place(groups, needs);
        layout.Connect(needs);
        return layout;
    }

    private void Place(Dictionary<string, List<ResourceSnapshot>> groups, Dictionary<string, ILookup<string, string>> needs)
    {
        var depths = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

        foreach (var name in groups.Keys)
        {
            DepthOf(name, needs, depths, []);
        }

        var rows = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase);
        var columns = groups.Keys.GroupBy(name => depths[name]).OrderBy(column => column.Key).ToList();
        var tallest = columns.Count is 0 ? 0 : columns.Max(column => column.Count());

        foreach (var column in columns)
        {
            var ordered = column.OrderBy(name => needs[name].Select(need => rows.GetValueOrDefault(need.Key)).DefaultIfEmpty(0).Average())
                .ThenBy(name => name, StringComparer.OrdinalIgnoreCase)
                .ToList();
            var top = (tallest - ordered.Count) / 2.0;

            for (var i = 0; i < ordered.Count; i++)
            {
                rows[ordered[i]] = top + i;
                Nodes.Add(new(
                    ordered[i],
                    ResourceState.Worst(groups[ordered[i]]),
                    groups[ordered[i]].Count,
                    Margin + (column.Key * ColumnWidth),
                    Margin + ((top + i) * RowHeight)));
            }
        }

        Width = (2 * Margin) + ((columns.Count - 1) * ColumnWidth) + NodeWidth;
        Height = (2 * Margin) + ((tallest - 1) * RowHeight) + NodeHeight;
    }

    private void Connect(Dictionary<string, ILookup<string, string>> needs)
    {
        var byName = Nodes.ToDictionary(node => node.Name, StringComparer.OrdinalIgnoreCase);

        Edges.AddRange(
            from need in needs
            from target in need.Value
            select new GraphEdge(byName[target.Key], byName[need.Key], string.Join(", ", target.Distinct())));
    }

    private static int DepthOf(
        string name, Dictionary<string, ILookup<string, string>> needs, Dictionary<string, int> depths, HashSet<string> above)
    {
        if (depths.TryGetValue(name, out var known))
        {
            return known;
        }

        // A circle has no left and right; it is cut where it is met.
        if (!above.Add(name))
        {
            return -1;
        }

        var depth = needs[name].Select(need => DepthOf(need.Key, needs, depths, above) + 1).DefaultIfEmpty(0).Max();
        above.Remove(name);
        depths[name] = depth;
        return depth;
    }
}
