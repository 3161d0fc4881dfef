namespace BillionHearts.Api.Uploads.Intake;

/// <summary>
/// Bytes in the store that no image names yet. Disposing of it removes them, unless <see cref="Keep"/> was called: so whatever ends an upload
/// early, a refusal or an exception, leaves nothing behind.
/// </summary>
internal sealed class StagedBlob(UncommittedBlobs blobs, StoredContent content) : IAsyncDisposable
{
    private bool _isKept;

    public StoredContent Content => content;

    /// <summary>An image names the bytes, or it is not known whether one does.</summary>
    public void Keep() => _isKept = true;

    public async ValueTask DisposeAsync()
    {
        if (!_isKept)
        {
            await blobs.DiscardAsync(content.Key);
        }
    }
}
