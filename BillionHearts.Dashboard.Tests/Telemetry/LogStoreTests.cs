using BillionHearts.Dashboard.Telemetry.Logs;

namespace BillionHearts.Dashboard.Tests.Telemetry;

public sealed class LogStoreTests
{
    [Fact]
    public void Beyond_the_count_the_oldest_goes_first()
    {
        var store = new LogStore(new() { MaxLogCount = 3 });
        store.Add([.. Enumerable.Range(1, 5).Select(i => Some.Log($"message {i}", atMs: i))]);

        var page = store.List(new());

        Assert.Equal(["message 5", "message 4", "message 3"], page.Entries.Select(entry => entry.Message));
        Assert.Equal(3, page.Total);
    }

    [Fact]
    public void Beyond_its_bytes_the_oldest_goes_however_few_there_are()
    {
        var store = new LogStore(new() { MaxStoreMegabytes = 1 });
        store.Add([.. Enumerable.Range(1, 10).Select(i => Some.Log(new string('x', 300_000) + i, atMs: i))]);

        Assert.Equal(3, store.Count);
        Assert.EndsWith("x10", store.List(new()).Entries[0].Message, StringComparison.Ordinal);
        Assert.InRange(store.Weight, 900_000, 1024 * 1024);
    }

    [Fact]
    public void It_is_filtered_by_service_least_level_text_and_trace()
    {
        var store = new LogStore(new());
        store.Add(
        [
            Some.Log("started", LogSeverity.Debug),
            Some.Log("slow", LogSeverity.Warning, atMs: 1, trace: 7),
            Some.Log("broken", LogSeverity.Error, "analysis", atMs: 2, text: Some.Text((string.Empty, "broken"), ("exception.type", "InvalidDataException"))),
        ]);

        string[] Found(LogFilter filter) => [.. store.List(filter).Entries.Select(entry => entry.Message)];

        Assert.Equal(["broken", "slow"], Found(new(Minimum: LogSeverity.Warning)));
        Assert.Equal(["broken"], Found(new(Resource: "ANALYSIS")));
        Assert.Equal(["slow"], Found(new(TraceId: 7)));
        Assert.Equal(["broken"], Found(new(Text: "invaliddata")));
        Assert.Empty(Found(new(Text: "never said")));
    }

    [Fact]
    public void What_arrived_late_stands_where_it_happened()
    {
        var store = new LogStore(new());
        store.Add([Some.Log("answer", service: "api", atMs: 20)]);
        store.Add([Some.Log("question", service: "gateway", atMs: 10)]);

        Assert.Equal(["answer", "question"], store.List(new()).Entries.Select(entry => entry.Message));
    }

    [Fact]
    public void A_page_lists_the_newest_and_counts_the_rest()
    {
        var store = new LogStore(new());
        store.Add([.. Enumerable.Range(1, LogStore.MostListed + 5).Select(i => Some.Log($"{i}", atMs: i))]);

        var page = store.List(new());

        Assert.Equal((LogStore.MostListed, LogStore.MostListed + 5), (page.Entries.Length, page.Total));
        Assert.Equal(($"{LogStore.MostListed + 5}", "6"), (page.Entries[0].Message, page.Entries[^1].Message));
    }

    [Fact]
    public void Errors_are_counted_for_as_long_as_they_are_kept()
    {
        var store = new LogStore(new() { MaxLogCount = 2 });
        var failing = Some.Log("broken", LogSeverity.Error);
        store.Add([failing]);
        Assert.Equal(1, store.ErrorsOf("api"));

        store.Add([Some.Log("a", atMs: 1), Some.Log("b", atMs: 2)]);
        Assert.Equal(0, store.ErrorsOf("api"));
    }

    [Fact]
    public void Removing_all_leaves_nothing_behind()
    {
        var store = new LogStore(new());
        store.Add([Some.Log("broken", LogSeverity.Error)]);

        store.Clear();

        Assert.Equal((0, 0L, 0), (store.Count, store.Weight, store.ErrorsOf("api")));
    }
}
