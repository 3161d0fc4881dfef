using BillionHearts.Api.Pipeline.Dispatch;
using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Images.Timeline;

/// <summary>Makes the steps of a timeline from what is recorded.</summary>
internal static class TimelineSteps
{
    /// <param name="attempts">Oldest first.</param>
    public static IReadOnlyList<TimelineStep> From(Image image, IReadOnlyList<RecordedAttempt> attempts, WaitingResponse? waiting)
    {
        var steps = new List<TimelineStep> { new() { Step = TimelineStep.Created, At = image.UploadDate.UtcDateTime } };

        var isStoredAdded = false;
        foreach (var recorded in attempts)
        {
            if (recorded.Attempt.Version == image.Version && !isStoredAdded)
            {
                AddStored(steps, image, recorded.Attempt.TraceId);
                isStoredAdded = true;
            }

            AddAttempt(steps, recorded, isLast: recorded == attempts[^1] && waiting is null);
        }

        if (!isStoredAdded)
        {
            AddStored(steps, image, waiting?.TraceId);
        }

        if (waiting?.Since is { } since)
        {
            steps.Add(new TimelineStep
            {
                Step = waiting.Attempt is 1 ? TimelineStep.Queued : TimelineStep.RetryScheduled,
                At = since,
                Version = image.Version,
                Attempt = waiting.Attempt,
                Lane = waiting.Lane,
                TraceId = waiting.TraceId,
            });
        }

        if (image.Recognition is { } recognition)
        {
            var at = recognition.FinishedAt.UtcDateTime;
            steps.Insert(steps.FindLastIndex(step => step.At <= at) + 1, new TimelineStep
            {
                Step = TimelineStep.Recognized,
                At = at,
                Version = image.Version,
                DurationSeconds = Seconds(recognition.FinishedAt - recognition.StartedAt),
                Worker = recognition.Worker,
                Error = recognition.Failure is { } failure ? new FailureResponse(failure.Reason, failure.Detail) : null,
            });
        }

        return steps;
    }

    private static void AddStored(List<TimelineStep> steps, Image image, string? traceId)
    {
        if (image.StoredAt is { } at)
        {
            steps.Add(new TimelineStep { Step = TimelineStep.Stored, At = at.UtcDateTime, Version = image.Version, TraceId = traceId });
        }
    }

    /// <param name="isLast">Whether neither another attempt nor a request follows.</param>
    private static void AddAttempt(List<TimelineStep> steps, RecordedAttempt recorded, bool isLast)
    {
        var attempt = recorded.Attempt;
        var error = attempt.Reason is null ? null : new FailureResponse(attempt.Reason, attempt.Detail ?? "");
        // The same for all steps of the attempt.
        var step = new TimelineStep
        {
            Step = TimelineStep.Attempted,
            At = attempt.StartedAt.UtcDateTime,
            Version = attempt.Version,
            Attempt = attempt.Attempt,
            Lane = attempt.Lane,
            TraceId = attempt.TraceId,
        };

        if (RequestId.CreatedAt(attempt.RequestId) is { } requested)
        {
            steps.Add(step with
            {
                Step = attempt.Attempt is 1 ? TimelineStep.Queued : TimelineStep.RetryScheduled,
                At = requested.UtcDateTime,
                DurationSeconds = Seconds(attempt.StartedAt - requested),
            });
        }

        steps.Add(step with
        {
            DurationSeconds = Seconds(attempt.FinishedAt - attempt.StartedAt),
            Worker = attempt.Worker,
            Outcome = attempt.Outcome,
            Error = error,
        });

        if (attempt.Outcome is AnalysisOutcome.Analyzed)
        {
            steps.Add(step with { Step = TimelineStep.Analyzed, At = StoredAt(recorded) });
        }
        else if (attempt.Outcome is AnalysisOutcome.Failed || attempt.Attempt >= RetrySchedule.MaxAttempts || isLast)
        {
            steps.Add(step with { Step = TimelineStep.Failed, At = StoredAt(recorded), Error = error });
        }
    }

    private static DateTime StoredAt(RecordedAttempt recorded) => (recorded.StoredAt ?? recorded.Attempt.FinishedAt).UtcDateTime;

    // Clocks of two machines may differ by more than a short wait.
    private static double Seconds(TimeSpan duration) => Math.Max(0, Math.Round(duration.TotalSeconds, 3));
}
