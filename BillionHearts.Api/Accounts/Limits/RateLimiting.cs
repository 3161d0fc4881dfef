using System.Threading.RateLimiting;
using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Platform.Http;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Accounts.Limits;

/// <summary>Keeps one user or address from using up the shared capacity: a token bucket for each.</summary>
internal static class RateLimiting
{
    private const int DefaultPerUser = 100;
    private const int DefaultPerAddress = 500;

    public static void AddRateLimits(this IServiceCollection services)
    {
        services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        services.AddRateLimiter(limiter => limiter.OnRejected = RefuseAsync);
        services.AddOptions<RateLimiterOptions>()
            .Configure<IOptions<RateLimitOptions>, IHostEnvironment>((limiter, limits, environment) => limiter.GlobalLimiter = Build(
                limits.Value.PerUser ?? (environment.IsDevelopment() ? 0 : DefaultPerUser),
                limits.Value.PerAddress ?? (environment.IsDevelopment() ? 0 : DefaultPerAddress),
                limits.Value.Burst));
    }

    /// <summary>Checks the address first, so that a flood without credentials costs no more than this check.</summary>
    private static PartitionedRateLimiter<HttpContext> Build(int perUser, int perAddress, int burst) => PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<HttpContext, string>(http => Bucket(http.Address(), perAddress, burst)),
        PartitionedRateLimiter.Create<HttpContext, string>(http => Caller.From(http.User).UserId is { } user
            ? Bucket($"{user}", perUser, burst)
            : RateLimitPartition.GetNoLimiter("")));

    private static RateLimitPartition<string> Bucket(string key, int perSecond, int burst) => perSecond is 0
        ? RateLimitPartition.GetNoLimiter(key)
        : RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond * burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });

    private static async ValueTask RefuseAsync(OnRejectedContext context, CancellationToken cancellationToken)
    {
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.FromSeconds(1);
        var problem = new Problem(
            429, "too-many-requests", "Too many requests", "Too many requests from this user or address. Slow down and try again.")
        {
            RetryAfter = TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(wait.TotalSeconds))),
        };

        await problem.ExecuteAsync(context.HttpContext);
    }
}
