namespace BillionHearts.Web.Backend;

/// <summary>One photo of the signed-in user: what is known of it, and what can be done with it.</summary>
internal sealed class PhotoClient(HttpClient http)
{
    public Task<Answer<StoredPhoto>> FindAsync(long id, CancellationToken cancellationToken) => http.ReadAsync<StoredPhoto>($"/images/{id}", cancellationToken);

    public Task<Answer<PhotoTimeline>> TimelineAsync(long id, CancellationToken cancellationToken) => http.ReadAsync<PhotoTimeline>($"/images/{id}/timeline", cancellationToken);

    /// <summary>The user's near-duplicates of a photo, nearest first.</summary>
    public Task<Answer<IReadOnlyList<SimilarPhoto>>> DuplicatesAsync(long id, CancellationToken cancellationToken) =>
        http.ReadAsync<IReadOnlyList<SimilarPhoto>>($"/images/{id}/similar", cancellationToken);

    /// <summary>Photos of the same thing or scene, most alike first, without the near-duplicates.</summary>
    public Task<Answer<IReadOnlyList<SimilarPhoto>>> LookAlikesAsync(long id, CancellationToken cancellationToken) =>
        http.ReadAsync<IReadOnlyList<SimilarPhoto>>($"/images/{id}/similar?by=look&limit=12", cancellationToken);

    /// <summary>The next photo in the order of the grid, newest first.</summary>
    public Task<StoredPhoto?> OlderAsync(StoredPhoto photo, CancellationToken cancellationToken) => NextAsync(photo, "-captured_at", cancellationToken);

    /// <inheritdoc cref="OlderAsync"/>
    public Task<StoredPhoto?> NewerAsync(StoredPhoto photo, CancellationToken cancellationToken) => NextAsync(photo, "captured_at", cancellationToken);

    public Task<Answer<PhotoReceipt>> ReceiptAsync(long id, CancellationToken cancellationToken) => http.ReadAsync<PhotoReceipt>($"/images/{id}/receipt", cancellationToken);

    public Task<Answer<StoredPhoto>> RenameAsync(long id, string name, CancellationToken cancellationToken) =>
        http.AskAsync<StoredPhoto>(HttpMethod.Put, $"/images/{id}", new Renaming(name), cancellationToken);

    public Task<Answer<Confirmation>> DeleteAsync(long id, CancellationToken cancellationToken) =>
        http.AskAsync<Confirmation>(HttpMethod.Delete, $"/images/{id}", body: null, cancellationToken);

    /// <summary>Hides all but one of these photos.</summary>
    /// <param name="keep">Null for the best of them.</param>
    public Task<Answer<PhotoMerge>> MergeAsync(long id, IReadOnlyList<long> duplicates, long? keep, CancellationToken cancellationToken) =>
        http.AskAsync<PhotoMerge>(HttpMethod.Post, $"/images/{id}/merge", new Merging(duplicates, keep), cancellationToken);

    /// <summary>What was merged into a photo and can be brought back.</summary>
    public Task<Answer<MergedPhotos>> MergedAsync(long id, CancellationToken cancellationToken) => http.ReadAsync<MergedPhotos>($"/images/{id}/merge", cancellationToken);

    public Task<Answer<RestoredPhotos>> UndoMergeAsync(long id, CancellationToken cancellationToken) =>
        http.AskAsync<RestoredPhotos>(HttpMethod.Delete, $"/images/{id}/merge", body: null, cancellationToken);

    private async Task<StoredPhoto?> NextAsync(StoredPhoto photo, string order, CancellationToken cancellationToken) =>
        (await http.ReadAsync<IReadOnlyList<StoredPhoto>>($"/users/{photo.UserId}/images?sort={order}&after={photo.Id}&limit=1", cancellationToken)).Value is [var next, ..] ? next : null;

    private sealed record Renaming(string OriginalFilename);

    private sealed record Merging(IReadOnlyList<long> Duplicates, long? Keep);
}
