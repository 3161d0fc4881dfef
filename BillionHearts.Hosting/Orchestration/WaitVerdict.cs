using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting.Orchestration;

/// <summary>Whether what a resource waits for has come, is still coming, or never will.</summary>
internal readonly record struct WaitVerdict(WaitOutcome Outcome, string? Reason)
{
    private static readonly WaitVerdict s_met = new(WaitOutcome.Met, null);

    /// <param name="wait">What is waited for.</param>
    /// <param name="replicas">The present states of all its replicas.</param>
    public static WaitVerdict Of(WaitAnnotation wait, IReadOnlyList<ResourceEvent> replicas)
    {
        foreach (var replica in replicas)
        {
            var verdict = Of(wait, replica);

            if (verdict.Outcome is not WaitOutcome.Met)
            {
                return verdict;
            }
        }

        return s_met;
    }

    private static WaitVerdict Of(WaitAnnotation wait, ResourceEvent replica)
    {
        var snapshot = replica.Snapshot;
        var state = snapshot.State?.Text ?? KnownResourceStates.NotStarted;
        var hasEnded = state == KnownResourceStates.Exited || state == KnownResourceStates.Finished;

        if (state == KnownResourceStates.FailedToStart)
        {
            return new(WaitOutcome.Hopeless, $"'{replica.ResourceId}' failed to start");
        }

        if (wait.WaitType is WaitType.WaitForCompletion && hasEnded)
        {
            return snapshot.ExitCode == wait.ExitCode
                ? s_met
                : new(WaitOutcome.Hopeless, $"'{replica.ResourceId}' ended with exit code {snapshot.ExitCode}, not {wait.ExitCode}");
        }

        if (wait.WaitType is WaitType.WaitUntilHealthy && snapshot.IsReady)
        {
            return s_met;
        }

        if (wait.WaitType is WaitType.WaitUntilStarted && (state == KnownResourceStates.Running || state == KnownResourceStates.Active))
        {
            return s_met;
        }

        return hasEnded && wait.WaitBehavior is WaitBehavior.StopOnResourceUnavailable
            ? new(WaitOutcome.Hopeless, $"'{replica.ResourceId}' has ended")
            : new(WaitOutcome.Pending, $"{replica.ResourceId}: {Describe(snapshot, state)}");
    }

    private static string Describe(CustomResourceSnapshot snapshot, string state)
    {
        if (state != KnownResourceStates.Running)
        {
            return state == KnownResourceStates.NotStarted ? "not started" : state.ToLowerInvariant();
        }

        var problem = snapshot.HealthReports.FirstOrDefault(report => report.Description is not null)?.Description;
        return problem is null ? "not yet healthy" : $"not healthy, {problem}";
    }
}

internal enum WaitOutcome
{
    Met,
    Pending,
    Hopeless,
}
