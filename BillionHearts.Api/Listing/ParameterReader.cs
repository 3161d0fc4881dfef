using System.Globalization;
using BillionHearts.Api.Errors;
using BillionHearts.Api.Input;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Listing;

/// <summary>
/// Reads parameters of a query and collects what is wrong with them. One that nobody reads is no error: the original service
/// ignored it, and so may its clients have.
/// </summary>
internal sealed class ParameterReader(IQueryCollection parameters)
{
    // A date is its midnight in UTC; a time without an offset would be another moment for each reader.
    private static readonly string[] s_moments =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
        "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mmzzz",
    ];

    private readonly Dictionary<string, string[]> _errors = [];

    public Problem? Refusal => _errors.Count is 0 ? null : Problems.InvalidFields(_errors);

    /// <summary>Only the first fault of a parameter is told.</summary>
    public void Refuse(string name, string sentence) => _errors.TryAdd(name, [sentence]);

    /// <returns><see langword="null"/> when it is not there, or there twice, which is noted.</returns>
    public string? Raw(string name)
    {
        if (parameters[name] is { Count: > 1 })
        {
            Refuse(name, "appears more than once");
            return null;
        }

        return parameters[name];
    }

    public string? Text(string name, int maxLength)
    {
        if (Raw(name) is not { } text)
        {
            return null;
        }

        if (TextRules.Fault(text, maxLength) is not { } fault)
        {
            return text;
        }

        Refuse(name, fault);
        return null;
    }

    public long? Number(string name, long min, long max)
    {
        if (Raw(name) is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        Refuse(name, $"must be a whole number between {min} and {max}, not '{Problems.Shorten(text)}'");
        return null;
    }

    public DateTimeOffset? Moment(string name)
    {
        if (Raw(name) is not { } text)
        {
            return null;
        }

        // A plus sign that was not escaped comes as a space.
        if (DateTimeOffset.TryParseExact(
            text.Replace(' ', '+'), s_moments, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
        {
            return moment.ToUniversalTime();
        }

        Refuse(name, $"must be a date such as 2026-01-31, or a time with its offset such as 2026-01-31T12:00:00Z, not '{Problems.Shorten(text)}'");
        return null;
    }
}
