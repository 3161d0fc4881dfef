using BillionHearts.Dashboard.Pages.Metrics;
using BillionHearts.Dashboard.Telemetry;
using BillionHearts.Dashboard.Telemetry.Metrics;
using BillionHearts.Dashboard.Tests.Telemetry;
using CsCheck;

namespace BillionHearts.Dashboard.Tests.Pages;

public sealed class ChartTests
{
    private static readonly TelemetryResource s_api = Some.Sender("api");
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(5);

    [Fact]
    public void A_counter_shows_its_increase_per_second_on_either_side_of_a_restart()
    {
        var store = new MetricStore(new());

        for (var second = 10; second <= 290; second += 10)
        {
            // It restarts after 150 s.
            var (start, value) = second <= 150 ? (0, second * 3) : (150, (second - 150) * 3);
            store.Add(s_api, Info(InstrumentKind.Counter), default, new(At(start), new(At(second), value), false, true), []);
        }

        var line = Assert.Single(Chart(store).Lines);
        Assert.All(line.Values.Take(57), value => Assert.Equal(3, value!.Value, tolerance: 1e-6));
    }

    [Fact]
    public void A_histogram_reported_every_15_s_has_percentiles_at_every_moment()
    {
        var store = new MetricStore(new());

        for (var second = 15; second <= 300; second += 15)
        {
            var reports = second / 15;
            store.Add(
                s_api, Info(InstrumentKind.Histogram), default,
                new(At(0), new(At(second), 100 * reports, new([10, 100], [50 * reports, 50 * reports, 0], 1)), false, true), []);
        }

        var chart = Chart(store);

        Assert.Equal(["P50", "P90", "P99"], chart.Lines.Select(line => line.Name));
        Assert.Equal([10.0, 82.0, 98.2], chart.Lines.Select(line => Math.Round(line.Values[30]!.Value, 6)));
        Assert.All(chart.Lines, line => Assert.DoesNotContain(null, line.Values));
    }

    [Theory]
    [InlineData(InstrumentKind.Histogram)]
    [InlineData(InstrumentKind.Counter)]
    public void The_only_value_of_a_process_that_has_run_for_hours_shows_in_the_minute_in_which_it_came(InstrumentKind kind)
    {
        var store = new MetricStore(new());

        for (var second = 200; second <= 300; second += 10)
        {
            store.Add(s_api, Info(kind), default, new(At(-7200), new(At(second), 6, kind is InstrumentKind.Histogram ? new([10, 100], [0, 6, 0], 300) : null), false, true), []);
        }

        var line = Chart(store).Lines[0].Values;

        Assert.All(line.Take(27), value => Assert.Null(value));
        Assert.All(line.Skip(28).Take(11), value => Assert.InRange(value!.Value, 0.1 - 1e-9, 100));
        Assert.All(line.Skip(40), value => Assert.True(value is null or 0));
    }

    [Theory]
    [InlineData(InstrumentKind.Histogram)]
    [InlineData(InstrumentKind.Counter)]
    public void The_only_value_of_an_instrument_shows_even_when_it_came_within_a_moment_of_the_instrument_itself(InstrumentKind kind)
    {
        var store = new MetricStore(new());

        // Both within one of the chart's steps of 5 s; told again each second, as exporters do.
        for (var second = 202; second <= 300; second++)
        {
            store.Add(s_api, Info(kind), default, new(At(201), new(At(second), 6, kind is InstrumentKind.Histogram ? new([10, 100], [0, 6, 0], 300) : null), false, true), []);
        }

        var line = Chart(store).Lines[0].Values;

        Assert.All(line.Take(40), value => Assert.Null(value));
        Assert.InRange(line[40]!.Value, 1, 100);
        Assert.All(line.Skip(41), value => Assert.True(value is null or 0));
    }

    [Fact]
    public void Beside_eight_lines_the_rest_is_one_line()
    {
        var store = new MetricStore(new());

        foreach (var second in new[] { 100, 200 })
        {
            for (var i = 1; i <= 20; i++)
            {
                store.Add(s_api, Info(InstrumentKind.Counter), Some.Text(("user", $"u{i}")), new(At(0), new(At(second), second * i), false, true), []);
            }
        }

        var lines = Chart(store).Lines;

        Assert.Equal(["u20", "u19", "u18", "u17", "u16", "u15", "u14", "13 others"], lines.Select(line => line.Name));
        Assert.Equal(91, lines[^1].Values[30]!.Value, tolerance: 1e-6);
    }

    [Fact]
    public void A_scale_holds_every_value_between_few_round_lines() =>
        Gen.Double.Where(double.IsFinite).Array[1, 20].Sample(values =>
        {
            var scale = ChartScale.For(values);
            var largest = Math.Max(Math.Abs(scale.Low), Math.Abs(scale.High));

            Assert.InRange(scale.Lines.Count(), 2, 8);
            Assert.All(values, value => Assert.InRange(scale.Fraction(value), 0, 1));
            Assert.True(double.IsFinite(largest) && scale.Step > 0);
        });

    private static long At(int second) => Some.Noon.AddSeconds(second).UtcTicks;

    private static InstrumentInfo Info(InstrumentKind kind) => new("Tests", "it", kind, "1", string.Empty);

    private static Chart Chart(MetricStore store)
    {
        var now = Some.Noon + s_window;
        var view = store.View("api", "Tests", "it", now - s_window - ChartBuilder.LookBack)!;
        return new ChartBuilder(view, now, s_window).Build(view.Series, showCount: false);
    }
}
