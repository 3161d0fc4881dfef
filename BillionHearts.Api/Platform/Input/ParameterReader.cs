using System.Globalization;
using BillionHearts.Api.Platform.Errors;
using Microsoft.Extensions.Primitives;
using Microsoft.OpenApi;

namespace BillionHearts.Api.Platform.Input;

/// <summary>
/// Reads named text values: the parameters of a query, or the fields of a form. The call that reads a value also declares it, as in
/// <see cref="FieldReader"/>. Values that no call reads are ignored, as in the original service.
/// </summary>
internal sealed class ParameterReader(Func<string, StringValues> values)
{
    // A date means midnight in UTC. A time without an offset would be ambiguous.
    private static readonly string[] s_moments =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
        "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mmzzz",
    ];

    private readonly OrderedDictionary<string, FieldDescription> _declared = [];

    public FieldErrors Errors { get; } = new();

    public static ParameterReader ForQuery(HttpRequest request) => new(name => request.Query[name]);

    public static ParameterReader ForForm(IFormCollection form) => new(name => form[name]);

    /// <inheritdoc cref="FieldReader.Describe"/>
    public static IReadOnlyCollection<FieldDescription> Describe(Action<ParameterReader> read)
    {
        var reader = new ParameterReader(_ => StringValues.Empty);
        read(reader);

        return [.. reader._declared.Values];
    }

    public long? Integer(string name, long min, long max) =>
        Read(name, FieldDescription.Integer(min, max), text => TryParse(text, min, max) is null ? FieldErrors.NotWhole(min, max, $"'{Problems.Shorten(text)}'") : null) is { } valid
            ? TryParse(valid, min, max)
            : null;

    /// <summary>Whole numbers with commas between them, such as 3,1,2.</summary>
    /// <param name="most">How many there may be.</param>
    public IReadOnlyList<long>? Integers(string name, int most, long min, long max) =>
        Read(name, FieldDescription.Integers(most, min, max), text => FaultOfIntegers(text, most, min, max)) is { } valid
            ? [.. valid.Split(',').Select(one => TryParse(one, min, max)!.Value)]
            : null;

    /// <summary>A number between 0 and 1, with a point.</summary>
    public double? Share(string name) =>
        Read(name, FieldDescription.Share(), text => TryParseShare(text) is null ? $"must be a number between 0 and 1, not '{Problems.Shorten(text)}'" : null) is { } valid
            ? TryParseShare(valid)
            : null;

    public string? Text(string name, int maxLength, bool isRequired = false) =>
        Read(name, FieldDescription.Text(maxLength), text => TextRules.Fault(text, maxLength), isRequired);

    /// <summary>Text that is compared and never stored, so it may contain any characters.</summary>
    /// <param name="format">Of the OpenAPI schema.</param>
    public string? AnyText(string name, int maxLength, string? format) =>
        Read(
            name,
            new OpenApiSchema { Type = JsonSchemaType.String, Format = format, MaxLength = maxLength },
            text => text.Length > maxLength ? TextRules.TooLong(text, maxLength) : null);

    /// <inheritdoc cref="FieldReader.OneOf"/>
    public T? OneOf<T>(string name, Func<string, T?> parse, IReadOnlyList<string> names) where T : class =>
        Read(name, FieldDescription.OneOf(names), text => parse(text) is null ? FieldErrors.NotOneOf(names, text) : null) is { } valid ? parse(valid) : null;

    public DateTimeOffset? Moment(string name) =>
        Read(
            name,
            FieldDescription.Moment(),
            text => TryParseMoment(text) is null
                ? $"must be a date such as 2026-01-31, or a time with its offset such as 2026-01-31T12:00:00Z, not '{Problems.Shorten(text)}'"
                : null) is { } valid
            ? TryParseMoment(valid)
            : null;

    /// <returns>The beginning of the month in UTC.</returns>
    public DateTimeOffset? Month(string name) =>
        Read(
            name,
            FieldDescription.Month(),
            text => TryParseMonth(text) is null ? $"must be a month from 0001-01 to 9998-12, such as 2026-11, not '{Problems.Shorten(text)}'" : null) is { } valid
            ? TryParseMonth(valid)
            : null;

    /// <summary>Text that the caller checks itself.</summary>
    public string? Raw(string name) => Read(name, new OpenApiSchema { Type = JsonSchemaType.String }, _ => null);

    private static long? TryParse(string text, long min, long max) =>
        WholeNumber.TryParse(text, out var number) && number >= min && number <= max ? number : null;

    private static string? FaultOfIntegers(string text, int most, long min, long max)
    {
        var parts = text.Split(',');

        return parts.Length > most ? string.Create(CultureInfo.InvariantCulture, $"must be at most {most} whole numbers, not {parts.Length}")
            : parts.FirstOrDefault(part => TryParse(part, min, max) is null) is { } wrong ? FieldErrors.NotWhole(min, max, $"'{Problems.Shorten(wrong)}'")
            : null;
    }

    private static double? TryParseShare(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 1 ? number : null;

    // A plus sign that was not escaped arrives as a space.
    private static DateTimeOffset? TryParseMoment(string text) =>
        DateTimeOffset.TryParseExact(text.Replace(' ', '+'), s_moments, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment.ToUniversalTime()
            : null;

    // Not in the last year: the month after it, where it ends, would be no date.
    private static DateTimeOffset? TryParseMonth(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var month) && month.Year < DateTime.MaxValue.Year
            ? month
            : null;

    private string? Read(string name, OpenApiSchema schema, Func<string, string?> fault, bool isRequired = false)
    {
        _declared.TryAdd(name, new FieldDescription(name, schema, isRequired));

        var sent = values(name);
        var sentence = sent.Count > 1 ? "appears more than once"
            : sent.Count is 0 || (isRequired && sent[0] is not { Length: > 0 }) ? (isRequired ? "is required" : null)
            : fault(sent[0]!);

        if (sentence is not null)
        {
            Errors.Add(name, sentence);
        }

        return sentence is null && sent.Count is 1 ? sent[0] : null;
    }
}
