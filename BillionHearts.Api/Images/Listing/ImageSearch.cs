using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Input;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Api.Images.Listing;

/// <summary>
/// A search for words in the file name, the camera, and what analysis has found (<see cref="Image.SearchText"/>). Each word may be the beginning of a word, and all
/// must be there. Upper and lower case are the same, and ASCII punctuation separates words. The SQL functions <c>search_words</c> and <c>search_query</c> (migration
/// Duplicates) split both the images' texts and the search, so the two cannot differ. Only the owner also finds names of places.
/// </summary>
internal sealed record ImageSearch(string Text)
{
    public const string Parameter = "q";
    public const int MaxLength = 200;

    /// <summary>A word that many images have fills the page from so many of the list's next images.</summary>
    private const int FirstImages = 1000;

    public static ImageSearch? Read(ParameterReader parameters)
    {
        if (parameters.Text(Parameter, MaxLength) is not { } text)
        {
            return null;
        }

        if (text.All(c => char.IsWhiteSpace(c) || (char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c))))
        {
            parameters.Errors.Add(Parameter, $"must contain a letter or a digit; '{text}' does not");
            return null;
        }

        return new ImageSearch(text.Replace(SearchText.OwnersMark, ' '));
    }

    /// <summary>All of a user's images with these words.</summary>
    /// <param name="isOwner">Whether the caller is authenticated as the user, and so may find places.</param>
    /// <remarks>
    /// OFFSET 0 keeps the search apart from the list's conditions, so that it always uses its index: PostgreSQL cannot estimate how many images have a word, and would
    /// otherwise read the user's whole list for a word that few have. As a subquery the search is split once; in a prepared statement it would be for each row. The words in the index begin with the user's id, so other users' images cost nothing.
    /// </remarks>
    public IQueryable<Image> Find(ImagesDbContext db, long userId, bool isOwner) => isOwner
        ? db.Images.FromSql($"SELECT * FROM images WHERE deleted_at IS NULL AND search @@ (SELECT search_own_query({userId}, {Text})) OFFSET 0")
        : db.Images.FromSql($"SELECT * FROM images WHERE deleted_at IS NULL AND search @@ (SELECT search_query({userId}, {Text})) OFFSET 0");

    /// <summary>
    /// Those with these words among the next images of the list. Where they fill a page, it is the same page that <see cref="Find"/> would give, without reading and
    /// sorting all images that have a frequent word.
    /// </summary>
    /// <param name="isOwner">As for <see cref="Find"/>.</param>
    /// <param name="atLeast">How many the page needs.</param>
    public IQueryable<Image> FindAmongNext(ImagesDbContext db, long userId, bool isOwner, ListingOrder order, PageCursor? after, int atLeast)
    {
        // Null when the list begins at its start; the comparison is then left out, which a parameter could not do without hiding the index.
        var place = after is null ? "" : $" AND ({order.Expression}, id) {(order.IsAscending ? '>' : '<')} ({{2}}, {{3}})";
        var direction = order.IsAscending ? "ASC" : "DESC";

        // Nothing in the text comes from the caller.
#pragma warning disable EF1002
        return db.Images.FromSqlRaw(
            $$"""
            SELECT * FROM (
                SELECT * FROM images WHERE user_id = {0} AND deleted_at IS NULL{{place}}
                ORDER BY {{order.Expression}} {{direction}}, id {{direction}} LIMIT {{Math.Max(FirstImages, 2 * atLeast)}}) AS next
            WHERE search @@ (SELECT {{(isOwner ? "search_own_query" : "search_query")}}({0}, {1}))
            """,
            after is null ? [userId, Text] : [userId, Text, after.At, after.Id]);
#pragma warning restore EF1002
    }
}
