using System.Globalization;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;

namespace BillionHearts.Api.Platform.Input;

/// <summary>Collects all errors in the fields of one request, so that the client gets them at once.</summary>
internal sealed class FieldErrors
{
    /// <summary>More errors than this are of no use.</summary>
    private const int MaxFields = 32;

    private readonly Dictionary<string, List<string>> _errors = [];

    public bool IsEmpty => _errors.Count is 0;

    /// <returns><see langword="null"/> without errors.</returns>
    public Problem? Problem => IsEmpty ? null : Problems.InvalidFields(_errors.ToDictionary(error => error.Key, error => error.Value.Distinct().ToArray()));

    /// <param name="sentence">What is wrong, as the end of a sentence that begins with the field's name.</param>
    public void Add(string name, string sentence)
    {
        name = Problems.Shorten(name);

        if (_errors.TryGetValue(name, out var sentences))
        {
            sentences.Add(sentence);
        }
        else if (_errors.Count < MaxFields)
        {
            _errors[name] = [sentence];
        }
    }

    public bool Has(string name) => _errors.ContainsKey(name);

    public static string NotWhole(long min, long max, string value) =>
        $"must be a whole number between {Format(min)} and {Format(max)}, not {Problems.Shorten(value)}";

    public static string NotOneOf(IEnumerable<string> names, string value) => $"must be one of {string.Join(", ", names)}, not '{Problems.Shorten(value)}'";

    public static string Format(long number) => number.ToString(CultureInfo.InvariantCulture);
}
