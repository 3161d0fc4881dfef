using BillionHearts.Hosting.ApplicationModel;

namespace BillionHearts.Hosting.Orchestration;

/// <summary>Holds an instance back until all that its resource waits for has come, and says all the while what is missing.</summary>
internal sealed class DependencyWait(ResourceNotificationService notifications)
{
    /// <exception cref="DistributedApplicationException">Something it waits for will never come.</exception>
    public async Task UntilMetAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        var waits = instance.Resource.Annotations.OfType<WaitAnnotation>().ToList();

        if (waits.Count is 0)
        {
            return;
        }

        string? said = null;

        await foreach (var update in notifications.WatchAsync(cancellationToken))
        {
            if (said is not null && !waits.Exists(wait => ReferenceEquals(wait.Resource, update.Resource)))
            {
                continue;
            }

            var verdicts = waits.ConvertAll(wait => WaitVerdict.Of(wait, notifications.Of(wait.Resource)));

            if (verdicts.FirstOrDefault(verdict => verdict.Outcome is WaitOutcome.Hopeless) is { Reason: { } reason })
            {
                throw new DistributedApplicationException($"{reason}, and '{instance.Id}' cannot do without it.");
            }

            if (verdicts.TrueForAll(verdict => verdict.Outcome is WaitOutcome.Met))
            {
                return;
            }

            var missing = "Waiting for " + string.Join("; ", verdicts.Where(verdict => verdict.Outcome is WaitOutcome.Pending).Select(verdict => verdict.Reason));

            if (missing != said)
            {
                instance.PublishState(KnownResourceStates.Waiting, missing);
                said = missing;
            }
        }

        throw new OperationCanceledException("The application ended.");
    }
}
