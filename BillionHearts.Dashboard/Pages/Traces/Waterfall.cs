using BillionHearts.Dashboard.Telemetry.Traces;

namespace BillionHearts.Dashboard.Pages.Traces;

/// <summary>One line of a waterfall. Places are fractions of the whole trace.</summary>
internal sealed record WaterfallRow(Span Span, int Depth, bool HasChildren, double Left, double Width, UninstrumentedPeer? Peer);

/// <summary>The spans of a trace as a tree, parents above children, each level by start.</summary>
internal sealed class Waterfall
{
    private readonly ILookup<ulong, Span> _children;
    private readonly List<Span> _roots;
    private readonly Span[] _spans;

    public Waterfall(Span[] spans)
    {
        // A span sent twice is one span.
        _spans = [.. spans.DistinctBy(span => span.Id).OrderBy(span => span.StartTicks)];
        var ids = _spans.Select(span => span.Id).ToHashSet();

        // A span whose parent was not sent, or not yet, stands where a root stands.
        _roots = [.. _spans.Where(span => !ids.Contains(span.ParentId) || span.ParentId == span.Id)];
        _children = _spans.Where(span => span.ParentId != span.Id).ToLookup(span => span.ParentId);
        CutCircles();
        StartTicks = _spans.Length is 0 ? 0 : _spans.Min(span => span.StartTicks);
        DurationTicks = _spans.Length is 0 ? 1 : Math.Max(1, _spans.Max(span => span.EndTicks) - StartTicks);

        var depths = Rows(new HashSet<ulong>(), null).Select(row => row.Depth).DefaultIfEmpty(0);
        Depth = depths.Max() + 1;
    }

    public IReadOnlyList<Span> Spans => _spans;

    public long StartTicks { get; }

    public long DurationTicks { get; }

    public int Depth { get; }

    public Span? Root => _roots.Find(span => span.ParentId is 0) ?? _roots.FirstOrDefault();

    /// <param name="collapsed">Spans whose children are hidden.</param>
    /// <param name="matches">With a filter, a span is shown when it or anything below it matches.</param>
    public List<WaterfallRow> Rows(IReadOnlySet<ulong> collapsed, Func<Span, bool>? matches)
    {
        var rows = new List<WaterfallRow>(_spans.Length);
        var shown = matches is null ? null : WithAncestors(matches);
        var seen = new HashSet<ulong>();

        // By hand, not by recursion: a chain of ten thousand spans would end the stack, and a circle would never end.
        var open = new Stack<(Span Span, int Depth)>(_roots.AsEnumerable().Reverse().Select(root => (root, 0)));

        while (open.TryPop(out var next))
        {
            if (!seen.Add(next.Span.Id) || shown?.Contains(next.Span.Id) is false)
            {
                continue;
            }

            var children = _children[next.Span.Id].ToList();
            rows.Add(Row(next.Span, next.Depth, children));

            if (!collapsed.Contains(next.Span.Id))
            {
                for (var i = children.Count - 1; i >= 0; i--)
                {
                    open.Push((children[i], next.Depth + 1));
                }
            }
        }

        return rows;
    }

    public double At(long ticks) => Math.Clamp((ticks - StartTicks) / (double)DurationTicks, 0, 1);

    // Spans that are each other's ancestors hang from no root; the earliest of each circle becomes one.
    private void CutCircles()
    {
        var reached = new HashSet<ulong>();
        Reach(_roots);

        foreach (var span in _spans)
        {
            if (!reached.Contains(span.Id))
            {
                _roots.Add(span);
                Reach([span]);
            }
        }

        void Reach(IEnumerable<Span> from)
        {
            var open = new Stack<Span>(from);

            while (open.TryPop(out var span))
            {
                if (reached.Add(span.Id))
                {
                    foreach (var child in _children[span.Id])
                    {
                        open.Push(child);
                    }
                }
            }
        }
    }

    private WaterfallRow Row(Span span, int depth, List<Span> children) => new(
        span, depth, children.Count > 0, At(span.StartTicks), Math.Min(span.DurationTicks / (double)DurationTicks, 1 - At(span.StartTicks)), PeerOf(span, children));

    // Something that answered but sent no span of its own.
    private static UninstrumentedPeer? PeerOf(Span span, List<Span> children) =>
        span.Kind is SpanKind.Client or SpanKind.Producer && children.All(child => child.Kind is not (SpanKind.Server or SpanKind.Consumer))
            ? UninstrumentedPeer.Of(span)
            : null;

    private HashSet<ulong> WithAncestors(Func<Span, bool> matches)
    {
        var byId = _spans.ToDictionary(span => span.Id);
        var shown = new HashSet<ulong>();

        foreach (var match in _spans.Where(matches))
        {
            for (var span = match; shown.Add(span.Id) && byId.TryGetValue(span.ParentId, out var parent);)
            {
                span = parent;
            }
        }

        return shown;
    }
}
