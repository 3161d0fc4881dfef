namespace BillionHearts.Api.Uploads.Intake;

/// <summary>
/// Bytes in the store that no image references yet. Disposing removes them unless <see cref="Keep"/> was called, so an upload that ends early,
/// by a refusal or an exception, leaves nothing behind.
/// </summary>
internal sealed class StagedBlob(UncommittedBlobs blobs, StoredContent content) : IAsyncDisposable
{
    private bool _isKept;

    public StoredContent Content => content;

    /// <summary>Call it when an image references the bytes, or may reference them.</summary>
    public void Keep() => _isKept = true;

    public async ValueTask DisposeAsync()
    {
        if (!_isKept)
        {
            await blobs.DiscardAsync(content.Key);
        }
    }
}
