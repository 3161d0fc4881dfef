using BillionHearts.Dashboard.Telemetry;
using BillionHearts.Dashboard.Telemetry.Metrics;

namespace BillionHearts.Dashboard.Tests.Telemetry;

public sealed class MetricStoreTests
{
    private readonly TelemetryResource _api = Some.Sender("api");

    [Fact]
    public void An_instrument_with_too_many_series_refuses_new_ones_and_counts_them()
    {
        var store = new MetricStore(new() { MaxSeriesPerInstrument = 3 });

        var taken = Enumerable.Range(1, 10).Select(i => Add(store, "uploads", Some.Text(("user", $"{i}")))).ToList();

        Assert.Equal(3, taken.Count(isTaken => isTaken));
        Assert.True(Add(store, "uploads", Some.Text(("user", "1")), second: 2));
        Assert.Equal((3, 7L), (View(store, "uploads").Series.Length, View(store, "uploads").Overflow));
    }

    [Fact]
    public void Attributes_cannot_outgrow_the_store()
    {
        var store = new MetricStore(new() { MaxStoreMegabytes = 1, MaxSeriesPerInstrument = 100_000 });
        var large = new string('x', 50_000);

        for (var i = 0; i < 100; i++)
        {
            Add(store, "uploads", Some.Text(("body", large + i)));
        }

        Assert.InRange(store.Weight, 1, 1024 * 1024 / 3);
        Assert.True(Add(store, "uploads", Some.Text(("body", large + 0)), second: 2));
    }

    [Fact]
    public void Points_cannot_either_and_the_newest_stay()
    {
        var store = new MetricStore(new() { MaxStoreMegabytes = 1, MaxMetricsCount = 1_000_000 });
        var bounds = Enumerable.Range(1, 500).Select(i => (double)i).ToArray();

        for (var second = 1; second <= 1_000; second++)
        {
            store.Add(_api, Info("duration", InstrumentKind.Histogram), default, new(At(0), new(At(second), second, new(bounds, new long[501], second)), false, true), []);
        }

        Assert.InRange(store.Weight, 1, 1024 * 1024);
        Assert.Equal(At(1_000), View(store, "duration").Series[0].Points[^1].Ticks);
    }

    [Fact]
    public void A_changed_kind_is_another_instrument_under_the_same_name()
    {
        var store = new MetricStore(new());
        Add(store, "depth", default);

        store.Add(_api, Info("depth", InstrumentKind.Gauge), default, new(0, new(At(1), 7), false, false), []);

        Assert.Equal((InstrumentKind.Gauge, 7.0), (View(store, "depth").Info.Kind, View(store, "depth").Series.Single().Points.Single().Value));
    }

    [Fact]
    public void A_sender_that_is_forgotten_takes_its_instruments_along()
    {
        var store = new MetricStore(new());
        Add(store, "uploads", default);

        store.Remove(_api);

        Assert.Empty(store.Instruments("api"));
        Assert.Equal(0, store.Weight);
    }

    private static long At(int second) => Some.Noon.AddSeconds(second).UtcTicks;

    private static InstrumentInfo Info(string name, InstrumentKind kind) => new("Tests", name, kind, string.Empty, string.Empty);

    private static InstrumentView View(MetricStore store, string name) => store.View("api", "Tests", name, DateTimeOffset.UnixEpoch)!;

    private bool Add(MetricStore store, string name, PackedText attributes, int second = 1) =>
        store.Add(_api, Info(name, InstrumentKind.Counter), attributes, new(At(0), new(At(second), second), false, true), []);
}
