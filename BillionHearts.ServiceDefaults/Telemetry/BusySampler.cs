using System.Threading.RateLimiting;
using OpenTelemetry.Trace;

namespace BillionHearts.ServiceDefaults.Telemetry;

/// <summary>
/// Records every trace while there are few, and beyond a rate only as many as that rate: with all of them, the dashboard alone takes some 10 ms more of the
/// processors that it shares for each upload (docs/performance.md). The service where a trace begins decides for all of them.
/// </summary>
internal sealed class BusySampler : Sampler, IDisposable
{
    /// <summary>The setting for how many new traces a service records each second once the burst is used up.</summary>
    public const string Setting = "Telemetry:TracesPerSecond";
    public const int DefaultRate = 1;

    // A burst, such as one page with all its images, is recorded whole.
    private const int Burst = 30;

    private readonly TokenBucketRateLimiter _limiter;

    /// <exception cref="InvalidOperationException">The setting is below 1.</exception>
    public BusySampler(int perSecond)
    {
        if (perSecond < 1)
        {
            throw new InvalidOperationException($"{Setting} must be at least 1, not {perSecond}.");
        }

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
