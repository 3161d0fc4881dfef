using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BillionHearts.ServiceDefaults.Health;

/// <summary>
/// <c>/health</c> reports whether this service can do its work, and what prevents it; <c>/alive</c> only that the process answers. Mapped in every
/// environment: the gateway routes neither, so they cannot be reached from outside.
/// </summary>
public static class HealthEndpoints
{
    internal const string LiveTag = "live";
    private const string HealthPath = "/health";
    private const string AlivePath = "/alive";

    internal static bool IsHealthPath(PathString path) => path.StartsWithSegments(HealthPath) || path.StartsWithSegments(AlivePath);

    internal static async Task<IResult> ReportHealth(HealthReports reports, CancellationToken cancellationToken)
    {
        var report = await reports.GetAsync(cancellationToken);

        return TypedResults.Json(
            new HealthAnswer(report.Status.ToString(), [.. report.Entries.Select(HealthAnswer.Check.From)]),
            HealthJson.Default.HealthAnswer,
            statusCode: report.Status is HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }

    internal static void MapHealth(WebApplication app)
    {
        app.MapGet(HealthPath, ReportHealth).AllowAnonymous().ExcludeFromDescription().DisableHttpMetrics();

        app.MapHealthChecks(AlivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains(LiveTag) })
            .AllowAnonymous()
            .DisableHttpMetrics();
    }
}
