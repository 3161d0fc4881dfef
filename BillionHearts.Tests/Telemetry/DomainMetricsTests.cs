using OpenTelemetry.Proto.Metrics.V1;

namespace BillionHearts.Tests.Telemetry;

/// <summary>The metrics that docs/operations.md lists, as a collector receives them.</summary>
[Collection(typeof(Observed))]
public sealed class DomainMetricsTests(ObservedTopology topology)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("api", "billionhearts.uploads", "{upload}", "Sum")]
    [InlineData("api", "billionhearts.upload.duration", "s", "Histogram")]
    [InlineData("api", "billionhearts.upload.size", "By", "Histogram")]
    [InlineData("api", "billionhearts.media.misses", "{request}", "Sum")]
    [InlineData("api", "billionhearts.outbox.lag", "s", "Gauge")]
    [InlineData("api", "billionhearts.outbox.depth", "{message}", "Gauge")]
    [InlineData("api", "billionhearts.analysis.queue", "{message}", "Gauge")]
    [InlineData("api", "billionhearts.analysis.results", "{result}", "Sum")]
    [InlineData("api", "billionhearts.dead_letters", "{message}", "Gauge")]
    [InlineData("api", "billionhearts.messages.published", "{message}", "Sum")]
    [InlineData("api", "billionhearts.messages.handled", "{message}", "Sum")]
    [InlineData("api", "billionhearts.messages.duration", "s", "Histogram")]
    [InlineData("analysis", "billionhearts.analysis.duration", "s", "Histogram")]
    [InlineData("analysis", "billionhearts.analysis.images", "{image}", "Sum")]
    [InlineData("notifications", "billionhearts.notifications.stored", "{event}", "Sum")]
    [InlineData("notifications", "billionhearts.notifications.delivered", "{event}", "Sum")]
    [InlineData("notifications", "billionhearts.notifications.lag", "s", "Histogram")]
    [InlineData("notifications", "billionhearts.notifications.streams", "{stream}", "Sum")]
    public async Task A_metric_is_exported_with_its_unit_and_a_description(string service, string name, string unit, string kind)
    {
        var metric = (await ReadAsync(service, name)).Metric;

        Assert.Equal((unit, kind), (metric.Unit, $"{metric.DataCase}"));
        Assert.NotEmpty(metric.Description);
    }

    [Theory]
    [InlineData("api", "billionhearts.upload.duration")]
    [InlineData("api", "billionhearts.messages.duration")]
    [InlineData("analysis", "billionhearts.analysis.duration")]
    [InlineData("notifications", "billionhearts.notifications.lag")]
    public async Task A_P99_can_be_read_from_durations_between_a_millisecond_and_half_a_minute(string service, string name)
    {
        var bounds = (await ReadAsync(service, name)).Metric.Histogram.DataPoints[0].ExplicitBounds;

        Assert.True(bounds[0] <= 0.005 && bounds[^1] >= 30, $"{bounds}");
        Assert.Equal([0.075, 0.1, 0.125, 0.15], bounds.Where(bound => bound is > 0.06 and < 0.16));
    }

    [Fact]
    public async Task Each_step_of_an_analysis_is_timed_and_each_lane_is_counted()
    {
        Assert.Equal(["attempt", "decode", "features", "fetch", "preview", "store", "thumb"], await ValuesAsync("analysis", "billionhearts.analysis.duration", "step", 7));
        Assert.Equal(["backfill", "fresh", "recognition", "slow"], await ValuesAsync("api", "billionhearts.analysis.queue", "lane", 4));
        Assert.Equal(["delayed", "due"], await ValuesAsync("api", "billionhearts.outbox.depth", "state", 2));
        Assert.Equal(["refused", "stored"], await ValuesAsync("api", "billionhearts.uploads", "outcome", 2));
    }

    [Fact]
    public async Task No_metric_has_a_series_for_each_image_or_user()
    {
        await ReadAsync("notifications", "billionhearts.notifications.stored");
        var attributes = topology.Exported.Metrics.Where(IsOurs).SelectMany(metric => metric.Series).SelectMany(series => series.Keys).ToHashSet();

        // Each of these has a handful of values. A new one has to be thought about, and then listed in docs/operations.md.
        Assert.Subset((HashSet<string>)["effect", "file_type", "lane", "outcome", "problem", "queue", "reason", "rendition", "routing_key", "state", "step", "type"], attributes);
    }

    private static bool IsOurs(ExportedMetric metric) => metric.Metric.Name.StartsWith("billionhearts.", StringComparison.Ordinal);

    private async Task<ExportedMetric> ReadAsync(string service, string name) => (await Eventually.ReadAsync(
        _ => Task.FromResult(topology.Exported.Metrics.FirstOrDefault(metric => metric.From.Service == service && metric.Metric.Name == name && HasValue(metric.Metric))),
        until: found => found is not null, s_limit, Cancel))!;

    private async Task<IEnumerable<string>> ValuesAsync(string service, string name, string attribute, int count) => await Eventually.ReadAsync(
        _ => Task.FromResult(topology.Exported.Metrics.Where(metric => metric.From.Service == service && metric.Metric.Name == name)
            .SelectMany(metric => metric.Series).Select(series => series[attribute]).Distinct().Order().ToList()),
        until: values => values.Count >= count, s_limit, Cancel);

    private static bool HasValue(Metric metric) => metric.DataCase is not Metric.DataOneofCase.Histogram || metric.Histogram.DataPoints.Any(point => point.Count > 0);
}
