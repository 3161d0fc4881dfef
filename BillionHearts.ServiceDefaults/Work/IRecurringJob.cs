namespace BillionHearts.ServiceDefaults.Work;

/// <summary>Work that a process repeats for as long as it runs. Each run resolves the job in a scope of its own.</summary>
public interface IRecurringJob
{
    /// <summary>Does a bounded share of the work. An exception is logged, and the job runs again after its period.</summary>
    Task<NextRun> RunAsync(CancellationToken cancellationToken);
}

/// <summary>When a recurring job runs again.</summary>
public enum NextRun
{
    /// <summary>After the period, or as soon as its signal is set.</summary>
    WhenDue,

    /// <summary>There is more to do.</summary>
    AtOnce,

    /// <summary>After the period, even if the signal is set earlier.</summary>
    AfterPeriod,
}
