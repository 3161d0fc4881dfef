using Microsoft.AspNetCore.WebUtilities;

namespace BillionHearts.Web.Pages.Photos;

/// <summary>Which photos the page shows, by its address. Empty fields are as good as none.</summary>
public sealed record LibraryFilter(IReadOnlyList<(FilterField Field, string Value)> Values)
{
    public bool IsEmpty => Values.Count is 0;

    /// <summary>The api's query, without a question mark.</summary>
    public string ToApi() => Query(Values.Select(one => (one.Field.Name, one.Field.ToApi(one.Value))));

    /// <summary>The page's address without a field, or with another.</summary>
    public string Address(FilterField? without = null, params IEnumerable<(string Name, string Value)> with)
    {
        var query = Query([.. Values.Where(one => one.Field != without).Select(one => (one.Field.Name, one.Value)), .. with]);
        return query is "" ? "/" : $"/?{query}";
    }

    public string? this[string name] => Values.FirstOrDefault(one => one.Field.Name == name).Value;

    public static LibraryFilter Read(IQueryCollection query) => new(
        [.. FilterField.All.Select(field => (field, query[field.Name].ToString())).Where(one => !string.IsNullOrWhiteSpace(one.Item2))]);

    private static string Query(IEnumerable<(string Name, string Value)> values) =>
        QueryHelpers.AddQueryString("", values.Select(one => KeyValuePair.Create(one.Name, (string?)one.Value))).TrimStart('?');
}
