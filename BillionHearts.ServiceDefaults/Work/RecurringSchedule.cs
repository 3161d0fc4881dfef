namespace BillionHearts.ServiceDefaults.Work;

/// <summary>When a job runs.</summary>
/// <param name="Period">From the end of one run to the start of the next.</param>
public sealed record RecurringSchedule(TimeSpan Period)
{
    /// <summary>From the start of the process to the first run.</summary>
    public TimeSpan FirstDelay { get; init; } = Period;

    /// <summary>Starts a run before the period is over.</summary>
    public WorkSignal? Signal { get; init; }
}
