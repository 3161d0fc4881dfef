using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Uploads.Intake;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Uploads.Admission;

/// <summary>
/// The bytes that this process has accepted and not yet stored. More uploads than its memory can hold would all fail together, so uploads
/// beyond the limit are refused with 503.
/// </summary>
internal sealed class ByteBudget(IOptions<UploadOptions> options)
{
    private readonly long _limit = options.Value.MaxBytesInFlight;
    private long _taken;

    public long Taken => Volatile.Read(ref _taken);

    /// <returns>A share. Disposing it returns the bytes to the budget.</returns>
    public Outcome<ByteShare> Take(long bytes)
    {
        var taken = Interlocked.Add(ref _taken, bytes);

        if (taken <= _limit)
        {
            return new ByteShare(this, bytes);
        }

        Interlocked.Add(ref _taken, -bytes);
        return UploadProblems.Overloaded(taken - bytes, _limit, bytes);
    }

    internal sealed class ByteShare(ByteBudget budget, long bytes) : IDisposable
    {
        private long _bytes = bytes;

        public void Dispose() => Interlocked.Add(ref budget._taken, -Interlocked.Exchange(ref _bytes, 0));
    }
}
