using BillionHearts.Dashboard.Telemetry.Metrics;

namespace BillionHearts.Dashboard.Tests.Telemetry;

public sealed class SeriesTests
{
    private readonly Series _series = new(default, maxPoints: 1_000);

    [Fact]
    public void A_total_that_was_sent_is_the_total_that_is_kept()
    {
        Send(1, 5);
        Send(2, 8);

        Assert.Equal([0.0, 5.0, 8.0], Values());
    }

    [Fact]
    public void What_a_process_had_counted_before_it_restarted_stays_counted()
    {
        Send(1, 5);
        Send(2, 8);
        Send(4, 2, start: 3);
        Send(5, 6, start: 3);

        Assert.Equal([0.0, 5.0, 8.0, 10.0, 14.0], Values());
    }

    [Fact]
    public void A_total_that_falls_is_a_restart_though_its_start_does_not_say_so()
    {
        Send(1, 5);
        Send(2, 1);

        Assert.Equal([0.0, 5.0, 6.0], Values());
    }

    [Fact]
    public void Increases_are_added_up()
    {
        Send(1, 5, delta: true);
        Send(2, 0, delta: true);
        Send(3, 3, delta: true);

        Assert.Equal([0.0, 5.0, 5.0, 8.0], Values());
    }

    [Fact]
    public void A_gauge_is_what_it_was_last_said_to_be()
    {
        _series.Add(new Reading(0, new(At(1), 5), IsDelta: false, Accumulates: false));
        _series.Add(new Reading(0, new(At(2), -2), IsDelta: false, Accumulates: false));

        Assert.Equal([5.0, -2.0], Values());
    }

    [Fact]
    public void A_histogram_adds_up_over_a_restart_bucket_by_bucket()
    {
        Histogram(1, [1, 2], start: 0);
        Histogram(3, [4, 0], start: 2);

        Assert.Equal([5L, 2], _series.Points[^1].Distribution!.Counts);
    }

    [Fact]
    public void A_point_that_comes_again_or_late_changes_nothing()
    {
        Send(2, 8);
        Send(2, 9);
        Send(1, 3);

        Assert.Equal([0.0, 8.0], Values());
    }

    [Fact]
    public void Older_points_are_thinned_and_the_total_stays_exact()
    {
        for (var second = 1; second <= 3_600; second++)
        {
            Send(second, second);
        }

        Assert.InRange(_series.Points.Count, 300, 800);
        Assert.Equal(3_600, _series.Points[^1].Value);
        Assert.All(_series.Points.Skip(1), point => Assert.Equal(point.Ticks, At((int)point.Value)));
    }

    [Fact]
    public void Half_of_it_weighs_half_and_keeps_the_newer_points()
    {
        for (var second = 1; second <= 40; second++)
        {
            Send(second, second);
        }

        var before = _series.Weight - _series.FixedWeight;
        _series.Halve();

        Assert.Equal(40, _series.Points[^1].Value);
        Assert.InRange((_series.Weight - _series.FixedWeight) / (double)before, 0.4, 0.6);
    }

    private static long At(int second) => Some.Noon.AddSeconds(second).UtcTicks;

    private void Send(int second, double value, int start = 0, bool delta = false) =>
        _series.Add(new Reading(At(start), new(At(second), value), delta, Accumulates: true));

    private void Histogram(int second, long[] counts, int start) =>
        _series.Add(new Reading(At(start), new(At(second), counts.Sum(), new([10], counts, Sum: 1)), IsDelta: false, Accumulates: true));

    private IEnumerable<double> Values() => _series.Points.Select(point => point.Value);
}
