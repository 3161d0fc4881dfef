using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Delivery.Export;

/// <summary>Limits the number of concurrent exports.</summary>
internal sealed class ExportGate(IOptions<ExportOptions> options)
{
    private readonly int _limit = options.Value.MaxConcurrent;
    private int _open;

    /// <returns>A place, which the caller must dispose, or <see langword="null"/> if none is free.</returns>
    public IDisposable? TryEnter()
    {
        if (Interlocked.Increment(ref _open) <= _limit)
        {
            return new Place(this);
        }

        Interlocked.Decrement(ref _open);
        return null;
    }

    private sealed class Place(ExportGate gate) : IDisposable
    {
        private int _held = 1;

        public void Dispose() => Interlocked.Add(ref gate._open, -Interlocked.Exchange(ref _held, 0));
    }
}
