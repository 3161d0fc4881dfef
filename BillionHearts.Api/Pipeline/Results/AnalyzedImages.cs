using System.Threading.Channels;

namespace BillionHearts.Api.Pipeline.Results;

/// <summary>Ids of images whose analysis this process has just stored, so that their delivery can be prepared. Only a hint: kept in memory, and dropped when full.</summary>
internal sealed class AnalyzedImages
{
    private const int MaxWaiting = 1000;

    private readonly Channel<long> _ids = Channel.CreateBounded<long>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public void Add(long imageId) => _ids.Writer.TryWrite(imageId);

    public IAsyncEnumerable<long> ReadAllAsync(CancellationToken cancellationToken) => _ids.Reader.ReadAllAsync(cancellationToken);
}
