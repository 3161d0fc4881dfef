using BillionHearts.Dashboard.Orchestration;

namespace BillionHearts.Dashboard.Pages.Resources;

internal sealed record GraphNode(string Name, ResourceSnapshot Worst, int Replicas, double X, double Y);

/// <param name="Bends">Where it enters each column that it passes through.</param>
internal sealed record GraphEdge(GraphNode From, GraphNode To, string Types, (double X, double Y)[] Bends);

/// <summary>
/// Resources in columns from left to right: what is depended on stands left of what depends on it. An edge that passes a column
/// has a lane there, so that it goes between resources and not behind them. Within a column, resources and lanes are ordered by
/// where their neighbours stand, which removes most crossings (Sugiyama's method, one sweep).
/// </summary>
internal sealed class GraphLayout
{
    public const double NodeWidth = 190;
    public const double NodeHeight = 54;
    private const double ColumnWidth = 255;
    private const double RowHeight = 76;
    private const double LaneHeight = 22;
    private const double Margin = 24;

    // The middle of a resource, or of its lane in a later column.
    private readonly Dictionary<(int Column, string Name), double> _centres = [];

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

        var depths = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

        foreach (var name in groups.Keys)
        {
            DepthOf(name, needs, depths, []);
        }

        layout.Place(groups, needs, depths);
        layout.Connect(needs, depths);
        return layout;
    }

    private void Place(
        Dictionary<string, List<ResourceSnapshot>> groups, Dictionary<string, ILookup<string, string>> needs, Dictionary<string, int> depths)
    {
        var columns = ColumnsOf(needs, depths);
        var tallest = columns.Select(column => column.Sum(HeightOf)).DefaultIfEmpty(0).Max();

        for (var column = 0; column < columns.Count; column++)
        {
            var y = Margin + ((tallest - columns[column].Sum(HeightOf)) / 2);

            foreach (var slot in columns[column].OrderBy(slot => Wish(slot, column)).ThenBy(slot => slot.Name, StringComparer.OrdinalIgnoreCase).ToList())
            {
                _centres[(column, slot.Name)] = y + (HeightOf(slot) / 2);
                y += HeightOf(slot);

                if (!slot.IsLane)
                {
                    var (x, middle) = (Margin + (column * ColumnWidth), _centres[(column, slot.Name)]);
                    Nodes.Add(new(slot.Name, ResourceState.Worst(groups[slot.Name]), groups[slot.Name].Count, x, middle - (NodeHeight / 2)));
                }
            }
        }

        Width = (2 * Margin) + (Math.Max(0, columns.Count - 1) * ColumnWidth) + NodeWidth;
        Height = (2 * Margin) + tallest;

        double Wish(Slot slot, int column) => (slot.IsLane ? [slot.Name] : needs[slot.Name].Select(need => need.Key))
            .Select(name => _centres.GetValueOrDefault((column - 1, name)))
            .DefaultIfEmpty(0)
            .Average();
    }

    private static List<List<Slot>> ColumnsOf(Dictionary<string, ILookup<string, string>> needs, Dictionary<string, int> depths)
    {
        var columns = Enumerable.Range(0, depths.Values.DefaultIfEmpty(-1).Max() + 1).Select(_ => new List<Slot>()).ToList();

        foreach (var (name, depth) in depths)
        {
            columns[depth].Add(new(name, IsLane: false));

            var furthest = needs.Where(need => need.Value.Contains(name)).Select(need => depths[need.Key]).DefaultIfEmpty(depth).Max();

            for (var column = depth + 1; column < furthest; column++)
            {
                columns[column].Add(new(name, IsLane: true));
            }
        }

        return columns;
    }

    private void Connect(Dictionary<string, ILookup<string, string>> needs, Dictionary<string, int> depths)
    {
        var byName = Nodes.ToDictionary(node => node.Name, StringComparer.OrdinalIgnoreCase);

        Edges.AddRange(
            from need in needs
            from target in need.Value
            let passed = Enumerable.Range(depths[target.Key] + 1, Math.Max(0, depths[need.Key] - depths[target.Key] - 1))
            select new GraphEdge(
                byName[target.Key],
                byName[need.Key],
                string.Join(", ", target.Distinct()),
                [.. passed.Select(column => (Margin + (column * ColumnWidth), _centres[(column, target.Key)]))]));
    }

    private static double HeightOf(Slot slot) => slot.IsLane ? LaneHeight : RowHeight;

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

    private readonly record struct Slot(string Name, bool IsLane);
}
