using BillionHearts.ServiceDefaults.Work;

namespace BillionHearts.Analysis.Work;

/// <summary>
/// Gives the memory of files back while there is nothing to do, or when it has become much. Under load the free memory of one file is used for the next, which
/// is faster; afterwards other processes need it more. Decoders do the same for pixels (<see cref="Decoding.DecoderProgram"/>).
/// </summary>
internal sealed class MemoryReturn(WorkSlots slots) : IRecurringJob
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    // Less is not worth a collection.
    private const long Worthwhile = 32 * 1024 * 1024;

    // Pieces of files add up in hours of load without a pause.
    private const long Much = 320 * 1024 * 1024;

    private long _lastUsed;

    public Task<NextRun> RunAsync(CancellationToken cancellationToken)
    {
        if (Environment.WorkingSet is var used && used - _lastUsed > Worthwhile && (slots.IsIdle || used > Much))
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            _lastUsed = Environment.WorkingSet;
        }

        return Task.FromResult(NextRun.WhenDue);
    }
}
