namespace BillionHearts.Storage.AzureBlobs;

/// <summary>Reads a blob. A connection that is lost between two reads is reported like one that cannot be established.</summary>
internal sealed class AzureReadStream(Stream content) : ForwardStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception exception) when (AzureFaults.IsUnavailable(exception, cancellationToken) || exception is IOException)
        {
            throw new BlobStoreUnavailableException("The connection to the blob store was lost during a read.", exception);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await content.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
        }

        base.Dispose(disposing);
    }
}
