using System.Diagnostics;
using BillionHearts.ServiceDefaults.Telemetry;
using OpenTelemetry.Trace;

namespace BillionHearts.Tests.Telemetry;

public sealed class BusySamplerTests
{
    [Fact]
    public void Few_traces_are_all_recorded_and_of_many_only_a_part()
    {
        using var sampler = new BusySampler(perSecond: 1);

        var decisions = Enumerable.Range(0, 1000).Select(_ => sampler.ShouldSample(Root()).Decision).ToList();

        Assert.All(decisions.Take(30), decision => Assert.Equal(SamplingDecision.RecordAndSample, decision));
        Assert.InRange(decisions.Count(decision => decision is SamplingDecision.RecordAndSample), 30, 100);
    }

    [Fact]
    public void A_trace_that_began_elsewhere_is_recorded_however_many_there_are()
    {
        using var busy = new BusySampler(perSecond: 1);
        var sampler = new ParentBasedSampler(busy);
        var parent = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true);

        Assert.All(Enumerable.Range(0, 1000), _ =>
            Assert.Equal(SamplingDecision.RecordAndSample, sampler.ShouldSample(new SamplingParameters(parent, parent.TraceId, "upload", ActivityKind.Server)).Decision));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_rate_below_one_is_refused_with_its_setting_and_value(int perSecond)
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => new BusySampler(perSecond));

        Assert.Equal($"Telemetry:TracesPerSecond must be at least 1, not {perSecond}.", refusal.Message);
    }

    private static SamplingParameters Root() => new(default, ActivityTraceId.CreateRandom(), "upload", ActivityKind.Server);
}
