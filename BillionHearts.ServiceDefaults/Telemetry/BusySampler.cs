using System.Threading.RateLimiting;
using OpenTelemetry.Trace;

namespace BillionHearts.ServiceDefaults.Telemetry;

/// <summary>
/// Records every trace while there are few, and beyond a rate only as many as that rate: an upload has some forty spans, and recording, sending and showing
/// all of them would take a quarter of the processor time of a busy machine. The service where a trace begins decides for all of them.
/// </summary>
internal sealed class BusySampler : Sampler, IDisposable
{
    /// <summary>The setting for how many new traces a service records each second once the burst is used up.</summary>
    public const string Setting = "Telemetry:TracesPerSecond";
    public const int DefaultRate = 1;

    // A burst, such as one page with all its images, is recorded whole.
    private const int Burst = 30;

    private readonly TokenBucketRateLimiter _limiter;

    public BusySampler(int perSecond)
    {
        Description = $"{nameof(BusySampler)}{{{perSecond}/s}}";
        _limiter = new TokenBucketRateLimiter(new()
        {
            TokenLimit = Burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        });
    }

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        using var lease = _limiter.AttemptAcquire();
        return new(lease.IsAcquired ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }

    public void Dispose() => _limiter.Dispose();
}
