using BillionHearts.Dashboard.Pages.Traces;
using BillionHearts.Dashboard.Telemetry.Traces;
using BillionHearts.Dashboard.Tests.Telemetry;

namespace BillionHearts.Dashboard.Tests.Pages;

public sealed class WaterfallTests
{
    private static readonly HashSet<ulong> s_none = [];

    [Fact]
    public void Children_stand_below_their_parent_by_start()
    {
        var rows = Rows(Span(3, 1, at: 20), Span(1, 0, at: 0, ms: 40), Span(2, 1, at: 10), Span(4, 2, at: 12));

        Assert.Equal([(1ul, 0), (2ul, 1), (4ul, 2), (3ul, 1)], rows.Select(row => (row.Span.Id, row.Depth)));
        Assert.Equal([0, 0.25, 0.3, 0.5], rows.Select(row => Math.Round(row.Left, 6)));
    }

    [Fact]
    public void A_span_whose_parent_was_not_sent_stands_where_a_root_stands() =>
        Assert.Equal([(1ul, 0), (2ul, 0)], Rows(Span(1, 0), Span(2, 99, at: 1)).Select(row => (row.Span.Id, row.Depth)));

    [Fact]
    public void A_span_that_is_its_own_parent_is_a_root() =>
        Assert.Equal([(1ul, 0), (2ul, 1)], Rows(Span(1, 1), Span(2, 1, at: 1)).Select(row => (row.Span.Id, row.Depth)));

    [Fact]
    public void Spans_in_a_circle_are_all_shown_from_the_earliest_on()
    {
        var waterfall = new Waterfall([Span(1, 3), Span(2, 1, at: 1), Span(3, 2, at: 2), Span(4, 3, at: 3)]);

        Assert.Equal(1ul, waterfall.Root!.Id);
        Assert.Equal([(1ul, 0), (2ul, 1), (3ul, 2), (4ul, 3)], waterfall.Rows(s_none, null).Select(row => (row.Span.Id, row.Depth)));
        Assert.Equal(4, waterfall.Rows(s_none, span => span.Id is 4).Count);
    }

    [Fact]
    public void A_chain_of_ten_thousand_ends()
    {
        var spans = Enumerable.Range(1, 10_000).Select(i => Span((ulong)i, (ulong)i - 1, at: i)).ToArray();

        Assert.Equal(10_000, new Waterfall(spans).Depth);
    }

    [Fact]
    public void A_filter_keeps_the_way_down_to_what_it_finds()
    {
        var waterfall = new Waterfall([Span(1, 0), Span(2, 1, at: 1), Span(3, 2, at: 2), Span(4, 1, at: 3)]);

        Assert.Equal([1ul, 2, 3], waterfall.Rows(s_none, span => span.Id is 3).Select(row => row.Span.Id));
        Assert.Equal([1ul, 2, 4], waterfall.Rows(new HashSet<ulong> { 2 }, null).Select(row => row.Span.Id));
    }

    [Fact]
    public void A_span_sent_twice_is_one() => Assert.Single(Rows(Span(1, 0), Span(1, 0)));

    private static Span Span(ulong id, ulong parent, double at = 0, double ms = 1) => Some.Span(1, id, parent, atMs: at, ms: ms);

    private static List<WaterfallRow> Rows(params Span[] spans) => new Waterfall(spans).Rows(s_none, null);
}
