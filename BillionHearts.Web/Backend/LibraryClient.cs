using System.Net;

namespace BillionHearts.Web.Backend;

/// <summary>A user's photos as a list, by the time at which they were taken or else uploaded, the newest first.</summary>
internal sealed class LibraryClient(HttpClient http)
{
    /// <param name="filter">The api's query, without the question mark; may be empty.</param>
    public async Task<Answer<IReadOnlyList<LibraryMonth>>> MonthsAsync(long userId, string filter, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync($"/users/{userId}/images/months?{filter}", cancellationToken);
        return await Answer<IReadOnlyList<LibraryMonth>>.ReadAsync(response, cancellationToken);
    }

    /// <inheritdoc cref="MonthsAsync"/>
    /// <param name="cursor">Where the page begins; null for the beginning of the list.</param>
    public async Task<(Answer<IReadOnlyList<LibraryPhoto>> Photos, string? Next)> PageAsync(
        long userId, string filter, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var start = cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
        using var response = await http.GetAsync($"/users/{userId}/images?sort=-captured_at&limit={limit}{start}&{filter}", cancellationToken);

        return (await Answer<IReadOnlyList<LibraryPhoto>>.ReadAsync(response, cancellationToken), NextCursor(response));
    }

    /// <summary>Whether an answer says that no photo matches.</summary>
    public static bool IsEmpty<T>(Answer<T> answer) where T : class => answer.Status is HttpStatusCode.NotFound;

    // Link: <http://localhost/users/7/images?limit=3&cursor=AbC>; rel="next", <…>; rel="first"
    private static string? NextCursor(HttpResponseMessage response)
    {
        const string Parameter = "cursor=";

        if (!response.Headers.TryGetValues("Link", out var links)
            || links.SelectMany(link => link.Split(',')).FirstOrDefault(link => link.Contains("rel=\"next\"", StringComparison.Ordinal)) is not { } next)
        {
            return null;
        }

        var start = next.IndexOf(Parameter, StringComparison.Ordinal) + Parameter.Length;
        return Uri.UnescapeDataString(next[start..next.IndexOfAny(['&', '>'], start)]);
    }
}
