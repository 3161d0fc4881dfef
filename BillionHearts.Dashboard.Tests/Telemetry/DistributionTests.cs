using BillionHearts.Dashboard.Telemetry.Metrics;
using CsCheck;

namespace BillionHearts.Dashboard.Tests.Telemetry;

public sealed class DistributionTests
{
    private static readonly double[] s_bounds = [10, 20, 50, 100];

    [Theory]
    [InlineData(0.25, 15)]
    [InlineData(0.5, 20)]
    [InlineData(0.9, 80)]
    [InlineData(0.99, 98)]
    public void A_percentile_lies_on_a_straight_line_inside_its_bucket(double fraction, double expected)
    {
        // Of 100 values: 50 between 10 and 20, 25 between 20 and 50, 25 between 50 and 100.
        var distribution = new Distribution(s_bounds, [0, 50, 25, 25, 0], Sum: 4_000);

        Assert.Equal(expected, distribution.Percentile(fraction)!.Value, tolerance: 1e-9);
    }

    [Fact]
    public void Above_the_last_bound_the_bound_is_the_best_that_can_be_said() =>
        Assert.Equal(100, new Distribution(s_bounds, [0, 0, 0, 0, 9], Sum: 9_000).Percentile(0.99));

    [Fact]
    public void Without_bounds_the_mean_is() => Assert.Equal(5, new Distribution([], [2], Sum: 10).Percentile(0.5));

    [Fact]
    public void Of_nothing_there_is_no_percentile() => Assert.Null(new Distribution(s_bounds, [0, 0, 0, 0, 0], Sum: 0).Percentile(0.5));

    [Fact]
    public void Percentiles_never_fall_and_stay_between_the_bounds() =>
        Gen.Long[0, 1_000].Array[5].Where(counts => counts.Sum() > 0).Sample(counts =>
        {
            var distribution = new Distribution(s_bounds, counts, Sum: 1);
            var values = Enumerable.Range(1, 100).Select(percent => distribution.Percentile(percent / 100.0)!.Value).ToList();

            Assert.Equal(values.Order(), values);
            Assert.All(values, value => Assert.InRange(value, 0, 100));
        });

    [Fact]
    public void What_was_added_since_is_what_was_added() =>
        Gen.Select(Gen.Long[0, 1_000].Array[5], Gen.Long[0, 1_000].Array[5]).Sample((earlier, more) =>
        {
            var before = new Distribution(s_bounds, earlier, Sum: 1);
            var added = new Distribution(s_bounds, more, Sum: 2);

            Assert.Equal(more, (before + added).Since(before).Counts);
        });

    [Fact]
    public void Other_bounds_are_joined_and_nothing_is_lost()
    {
        var sum = new Distribution([1, 2], [1, 2, 3], Sum: 1) + new Distribution([2, 3], [10, 20, 30], Sum: 2);

        Assert.Equal([1.0, 2.0, 3.0], sum.Bounds);
        Assert.Equal([1L, 12, 20, 33], sum.Counts);
    }

    [Theory]
    [InlineData(new[] { 2.0, 1.0 }, new[] { 1L, 1, 1 })]
    [InlineData(new[] { 1.0, 1.0 }, new[] { 1L, 1, 1 })]
    [InlineData(new[] { double.NaN }, new[] { 1L, 1 })]
    [InlineData(new[] { 1.0 }, new[] { 1L })]
    public void Numbers_that_make_no_histogram_are_told_apart(double[] bounds, long[] counts) =>
        Assert.False(new Distribution(bounds, counts, Sum: 1).IsSound);
}
