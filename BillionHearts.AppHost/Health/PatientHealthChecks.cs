using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

/// <summary>
/// Makes the first check of a resource wait until the resource answers. Aspire checks a resource that is not healthy yet after 1, 3, 6, 10, 15 s and so on. One
/// that is ready just after a check delays everything that waits for it by seconds, and a topology has five such steps one after the other.
/// </summary>
internal static class PatientHealthCheckExtensions
{
    public static void MakeHealthChecksPatient(this IDistributedApplicationBuilder builder) =>
        builder.Services.PostConfigure<HealthCheckServiceOptions>(options =>
        {
            foreach (var registration in options.Registrations)
            {
                var inner = registration.Factory;
                var isKnownHealthy = new IsKnownHealthy();
                registration.Factory = services => new PatientHealthCheck(inner(services), isKnownHealthy);
            }
        });

    // Once a resource was healthy, every result is reported at once.
    private sealed class IsKnownHealthy
    {
        public volatile bool Value;
    }

    private sealed class PatientHealthCheck(IHealthCheck inner, IsKnownHealthy isKnownHealthy) : IHealthCheck
    {
        // After this time the dashboard reports what is wrong.
        private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
        private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var start = TimeProvider.System.GetTimestamp();

            while (true)
            {
                var result = await TryAsync(context, cancellationToken);

                if (result.Status is HealthStatus.Healthy)
                {
                    isKnownHealthy.Value = true;
                }

                if (isKnownHealthy.Value || TimeProvider.System.GetElapsedTime(start) > s_patience)
                {
                    return result;
                }

                await Task.Delay(s_pause, TimeProvider.System, cancellationToken);
            }
        }

        private async Task<HealthCheckResult> TryAsync(HealthCheckContext context, CancellationToken cancellationToken)
        {
            try
            {
                return await inner.CheckHealthAsync(context, cancellationToken);
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                // As HealthCheckService does with an exception.
                return new HealthCheckResult(context.Registration.FailureStatus, fault.Message, fault);
            }
        }
    }
}
