namespace BillionHearts.Web.Backend;

/// <summary>The links that the signed-in user has made.</summary>
internal sealed class ShareClient(HttpClient http)
{
    /// <summary>Those that work, oldest first.</summary>
    public Task<Answer<IReadOnlyList<PhotoShare>>> ListAsync(long userId, CancellationToken cancellationToken) =>
        http.ReadAsync<IReadOnlyList<PhotoShare>>($"/users/{userId}/shares", cancellationToken);

    /// <param name="expiresIn">In seconds.</param>
    /// <param name="password">Null for a link that needs none.</param>
    public Task<Answer<NewPhotoShare>> CreateAsync(long userId, IReadOnlyList<long> images, long expiresIn, string? password, CancellationToken cancellationToken) =>
        http.AskAsync<NewPhotoShare>(HttpMethod.Post, $"/users/{userId}/shares", new Creation(images, expiresIn, password), cancellationToken);

    public Task<Answer<Confirmation>> RevokeAsync(long userId, long share, CancellationToken cancellationToken) =>
        http.AskAsync<Confirmation>(HttpMethod.Delete, $"/users/{userId}/shares/{share}", body: null, cancellationToken);

    private sealed record Creation(IReadOnlyList<long> ImageIds, long ExpiresIn, string? Password);
}

internal sealed record PhotoShare(long Id, IReadOnlyList<long> ImageIds, bool HasPassword, DateTime CreatedAt, DateTime ExpiresAt);

/// <param name="Url">The api's own address of the share; the secret is its last part.</param>
internal sealed record NewPhotoShare(long Id, IReadOnlyList<long> ImageIds, bool HasPassword, DateTime ExpiresAt, Uri Url)
{
    public string Secret => Url.Segments[^1];
}
