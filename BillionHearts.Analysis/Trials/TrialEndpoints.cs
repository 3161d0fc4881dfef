using System.Threading.RateLimiting;
using BillionHearts.Analysis.Renditions;
using BillionHearts.Contracts;
using Microsoft.AspNetCore.RateLimiting;

namespace BillionHearts.Analysis.Trials;

/// <summary>Analyses images for a comparison. For the api only: the gateway does not route to this service.</summary>
internal static class TrialEndpoints
{
    private const string Turn = "trials";

    public static void AddTrials(this IServiceCollection services)
    {
        services.AddSingleton<TrialAnalyzer>();
        // One at a time, and none waits: the api asks again.
        services.Configure<RateLimiterOptions>(limiter => limiter.AddPolicy(
            Turn, _ => RateLimitPartition.GetConcurrencyLimiter(Turn, _ => new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 0 })));
    }

    public static void MapTrials(this WebApplication app) => app
        .MapPost(
            TrialRequest.Path,
            (TrialRequest request, TrialAnalyzer analyzer, CancellationToken cancellationToken) =>
                DecodingCalls.AnswerAsync(analyzer.AnalyzeAsync(request, cancellationToken), cancellationToken))
        .RequireRateLimiting(Turn);
}
