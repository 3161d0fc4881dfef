using System.Globalization;
using System.Text.RegularExpressions;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;

namespace BillionHearts.Api.Pipeline.Reruns;

/// <summary>Name and version of an analyser, as in an image's <c>analysis.analyzer</c>.</summary>
internal sealed partial record AnalyzerVersion(string Name, int Version)
{
    public const int MaxLength = 64;

    public static AnalyzerVersion? TryParse(string text) => Form().Match(text) is { Success: true } match
        ? new AnalyzerVersion(match.Groups["name"].Value, int.Parse(match.Groups["version"].ValueSpan, CultureInfo.InvariantCulture))
        : null;

    /// <summary>Adds an error if the text of the field <c>analyzer</c> is not one.</summary>
    public static void Check(FieldReader fields, string? analyzer)
    {
        if (analyzer is not null && TryParse(analyzer) is null)
        {
            fields.Errors.Add("analyzer", $"must be the name and version of an analyser, such as billionhearts/5, not '{Problems.Shorten(analyzer)}'");
        }
    }

    /// <example><c>billionhearts/5</c></example>
    [GeneratedRegex(@"\A(?<name>[a-z][a-z0-9_-]{0,49})/(?<version>[0-9]{1,9})\z")]
    private static partial Regex Form();
}
