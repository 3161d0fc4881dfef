using BillionHearts.Api.Delivery.Shares;
using BillionHearts.Api.Images;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Uploads.Admission;

/// <summary>
/// The bytes that this process has agreed to take and has not yet put away. More uploads than it can hold would not fail one by
/// one but all together, so the one too many is told to come back.
/// </summary>
internal sealed class ByteBudget(IOptions<UploadOptions> options)
{
    private readonly long _limit = options.Value.MaxBytesInFlight;
    private long _taken;

    public long Taken => Volatile.Read(ref _taken);

    /// <returns>A share to be given back, or why there is none.</returns>
    public (IDisposable? Share, Problem? Refusal) Take(long bytes)
    {
        var taken = Interlocked.Add(ref _taken, bytes);

        if (taken <= _limit)
        {
            return (new Share(this, bytes), null);
        }

        Interlocked.Add(ref _taken, -bytes);
        return (null, UploadProblems.Overloaded(taken - bytes, _limit, bytes));
    }

    private sealed class Share(ByteBudget budget, long bytes) : IDisposable
    {
        private long _bytes = bytes;

        public void Dispose() => Interlocked.Add(ref budget._taken, -Interlocked.Exchange(ref _bytes, 0));
    }
}
