using System.Threading.Channels;

namespace BillionHearts.Api.Pipeline.Results;

/// <summary>Ids of images whose analysis this process has just stored, for whoever wants to prepare their delivery. A hint, kept in memory only.</summary>
internal sealed class AnalyzedImages
{
    private const int MaxWaiting = 1000;

    private readonly Channel<long> _ids = Channel.CreateBounded<long>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public void Add(long imageId) => _ids.Writer.TryWrite(imageId);

    public IAsyncEnumerable<long> ReadAllAsync(CancellationToken cancellationToken) => _ids.Reader.ReadAllAsync(cancellationToken);
}
