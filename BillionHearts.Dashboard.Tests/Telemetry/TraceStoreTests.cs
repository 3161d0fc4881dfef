using BillionHearts.Dashboard.Telemetry;
using BillionHearts.Dashboard.Telemetry.Traces;

namespace BillionHearts.Dashboard.Tests.Telemetry;

public sealed class TraceStoreTests
{
    [Fact]
    public void Beyond_the_count_of_traces_the_oldest_goes_first()
    {
        var store = new TraceStore(new() { MaxTraceCount = 3 });

        for (uint i = 1; i <= 5; i++)
        {
            store.Add([Some.Span(i, i, atMs: i)]);
        }

        Assert.Equal([5, 4, 3], store.List(new()).Select(trace => (int)trace.Id));
        Assert.Empty(store.Find(1));
        Assert.Equal(3, store.SpanCount);
    }

    [Fact]
    public void Beyond_the_count_of_spans_whole_traces_go()
    {
        var store = new TraceStore(new() { MaxSpanCount = 10 });

        store.Add([.. Enumerable.Range(1, 6).Select(i => Some.Span(1, (ulong)i))]);
        store.Add([.. Enumerable.Range(1, 6).Select(i => Some.Span(2, (ulong)i))]);

        Assert.Equal(2, (int)Assert.Single(store.List(new())).Id);
        Assert.Equal(6, store.SpanCount);
    }

    [Fact]
    public void Beyond_its_bytes_the_oldest_goes_however_few_there_are()
    {
        var store = new TraceStore(new() { MaxStoreMegabytes = 1 });
        var large = new string('x', 300_000);

        for (uint i = 1; i <= 10; i++)
        {
            store.Add([Some.Span(i, i, attributes: Some.Text(("body", large + i)))]);
        }

        Assert.Equal([10, 9, 8], store.List(new()).Select(trace => (int)trace.Id).OrderDescending());
        Assert.InRange(store.Weight, 900_000, 1024 * 1024);
    }

    [Fact]
    public void A_name_of_its_own_weighs_what_it_takes()
    {
        var store = new TraceStore(new() { MaxStoreMegabytes = 1 });

        for (uint i = 1; i <= 1_000; i++)
        {
            store.Add([Some.Span(i, i, name: new string('n', 4_000) + i)]);
        }

        Assert.InRange(store.SpanCount, 1, 131);
    }

    [Fact]
    public void A_trace_that_never_ends_is_cut_off_and_pushes_no_other_out()
    {
        var store = new TraceStore(new() { MaxSpansPerTrace = 100 });
        store.Add([Some.Span(1, 1)]);

        var refused = store.Add([.. Enumerable.Range(1, 250).Select(i => Some.Span(2, (ulong)i))]);

        Assert.Equal(150, refused);
        Assert.Equal([100, 1], store.List(new()).Select(trace => trace.Spans).OrderDescending());
    }

    [Fact]
    public void It_is_filtered_by_service_type_failure_text_and_id()
    {
        var store = new TraceStore(new());
        store.Add([Some.Span(1, 1, name: "GET /images", attributes: Some.Text(("http.request.method", "GET"), ("image.id", "4711")))]);
        store.Add([Some.Span(2, 2, service: "analysis", status: SpanStatus.Error, attributes: Some.Text(("messaging.system", "rabbitmq")))]);

        int[] Found(TraceFilter filter) => [.. store.List(filter).Select(trace => (int)trace.Id).Order()];

        Assert.Equal([1], Found(new(Resource: "api")));
        Assert.Equal([2], Found(new(Category: SpanCategory.Messaging)));
        Assert.Equal([2], Found(new(ErrorsOnly: true)));
        Assert.Equal([1], Found(new(Text: "4711")));
        Assert.Equal([1], Found(new(Text: "get /IMAGES")));
        Assert.Equal([2], Found(new(Text: "0000000000000000000000000000000" + "2")));
        Assert.Empty(Found(new(Resource: "api", ErrorsOnly: true)));
    }

    [Fact]
    public void A_trace_is_named_after_its_root_though_that_comes_last()
    {
        var store = new TraceStore(new());
        store.Add([Some.Span(1, 2, parent: 1, name: "child", service: "analysis", atMs: 5, ms: 100, status: SpanStatus.Error)]);
        store.Add([Some.Span(1, 1, name: "root", atMs: 0, ms: 20)]);

        var trace = Assert.Single(store.List(new()));

        Assert.Equal(("root", "api", 105.0, 1), (trace.Name, trace.Root.Service, trace.Duration.TotalMilliseconds, trace.Errors));
        Assert.Equal([("analysis", true), ("api", false)], trace.Shares.Select(share => (share.Service, share.HasError)));
    }

    [Fact]
    public async Task It_is_read_while_it_is_written()
    {
        var store = new TraceStore(new() { MaxTraceCount = 50 });
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(() =>
        {
            for (uint i = 0; i < 2_000; i++)
            {
                store.Add([Some.Span(1 + (i % 100), ((ulong)writer << 32) + i + 1)]);
            }
        })).ToList();

        var all = Task.WhenAll(writers);

        while (!all.IsCompleted)
        {
            Assert.All(store.List(new(Text: "get")), trace => Assert.NotEqual(0, trace.Spans));
            Assert.DoesNotContain(null, store.Find(1));
        }

        await all;
        Assert.Equal(store.SpanCount, store.List(new()).Sum(trace => trace.Spans));
    }
}
