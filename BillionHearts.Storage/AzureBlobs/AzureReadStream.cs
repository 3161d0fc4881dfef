namespace BillionHearts.Storage.AzureBlobs;

/// <summary>A blob's bytes on their way in. A connection that breaks between two reads is the store's fault like one that breaks before the first.</summary>
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
            throw new BlobStoreUnavailableException("The blob store broke off in the middle of a read.", exception);
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
