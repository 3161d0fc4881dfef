using BillionHearts.Dashboard.Orchestration;
using BillionHearts.Dashboard.Pages.Resources;

namespace BillionHearts.Dashboard.Tests.Pages;

public sealed class GraphLayoutTests
{
    [Fact]
    public void What_is_depended_on_stands_to_the_left_and_replicas_are_one()
    {
        var graph = GraphLayout.Of([Resource("db"), Resource("api-1", "api", "db"), Resource("api-2", "api", "db"), Resource("gateway", "gateway", "api-1", "api-2")]);

        Assert.Equal([("db", 1), ("api", 2), ("gateway", 1)], graph.Nodes.OrderBy(node => node.X).Select(node => (node.Name, node.Replicas)));
        Assert.Equal([("api", "gateway"), ("db", "api")], graph.Edges.Select(edge => (edge.From.Name, edge.To.Name)).Order());
    }

    [Fact]
    public void Nothing_lies_on_anything_else_and_no_edge_passes_behind_a_resource()
    {
        var graph = GraphLayout.Of(
        [
            Resource("postgres"), Resource("messaging"), Resource("blobs"), Resource("imagesdb", "imagesdb", "postgres"), Resource("migrations", "migrations", "imagesdb"),
            Resource("api-1", "api", "imagesdb", "migrations", "blobs", "messaging"), Resource("analysis", "analysis", "blobs", "messaging"),
            Resource("notifications", "notifications", "messaging", "api"), Resource("gateway", "gateway", "api", "notifications"),
        ]);

        foreach (var node in graph.Nodes)
        {
            Assert.DoesNotContain(graph.Nodes, other => other != node && other.X == node.X && Math.Abs(other.Y - node.Y) < GraphLayout.NodeHeight);
            Assert.DoesNotContain(
                graph.Edges.SelectMany(edge => edge.Bends),
                bend => bend.X == node.X && bend.Y > node.Y && bend.Y < node.Y + GraphLayout.NodeHeight);
            Assert.InRange(node.X, 0, graph.Width - GraphLayout.NodeWidth);
            Assert.InRange(node.Y, 0, graph.Height - GraphLayout.NodeHeight);
        }

        Assert.Contains(graph.Edges, edge => edge.Bends.Length > 0);
    }

    [Fact]
    public void A_circle_is_drawn_and_ends()
    {
        var graph = GraphLayout.Of([Resource("a", "a", "c"), Resource("b", "b", "a"), Resource("c", "c", "b", "c")]);

        Assert.Equal((3, 3), (graph.Nodes.Count, graph.Edges.Count));
    }

    [Fact]
    public void Of_nothing_there_is_an_empty_picture() => Assert.Empty(GraphLayout.Of([]).Nodes);

    private static ResourceSnapshot Resource(string id, string? name = null, params string[] needs) =>
        new() { Id = id, Name = name ?? id, State = "Running", Relationships = [.. needs.Select(need => new Relationship(need, "WaitFor"))] };
}
