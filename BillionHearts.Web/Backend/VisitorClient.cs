using System.Net.Http.Headers;
using System.Text;

namespace BillionHearts.Web.Backend;

/// <summary>Shared photos, for anyone with the link: never with the token of whoever is signed in.</summary>
internal sealed class VisitorClient(HttpClient http)
{
    /// <param name="password">Null if the visitor has given none.</param>
    public async Task<Answer<SharedAlbum>> ShowAsync(string secret, string? password, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/shares/{Uri.EscapeDataString(secret)}");

        if (password is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"visitor:{password}")));
        }

        using var response = await http.SendAsync(request, cancellationToken);
        return await Answer<SharedAlbum>.ReadAsync(response, cancellationToken);
    }
}

public sealed record SharedAlbum(DateTime ExpiresAt, IReadOnlyList<SharedPicture> Images);

/// <param name="Url">In full size, without metadata.</param>
public sealed record SharedPicture(string Status, string? Url, IReadOnlyDictionary<string, PhotoRendition> Renditions)
{
    public PhotoRendition? Preview => Renditions.GetValueOrDefault("preview");
}
