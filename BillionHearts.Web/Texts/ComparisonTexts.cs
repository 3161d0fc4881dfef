using System.Globalization;

namespace BillionHearts.Web.Texts;

internal static class ComparisonTexts
{
    public const string Intro = "What would another analyser change? Workers analyse a random sample again, and nothing of a photo changes.";
    public const string Start = "Start a comparison";
    public const string Sample = "Photos in the sample";
    public const string Analyzer = "Only analyses older than";
    public const string AnalyzerHint = "Such as billionhearts/6. Empty for all.";
    public const string StartButton = "Compare";
    public const string None = "There has been no comparison.";
    public const string Back = "All comparisons";
    public const string Cancel = "End early";
    public const string CancelQuestion = "What was compared stays.";
    public const string CancelConfirm = "End the comparison";
    public const string Compared = "Compared";
    public const string Pending = "Waiting";
    public const string Changed = "Photos that differ";
    public const string Fields = "What differs";
    public const string Same = "Nothing differs.";
    public const string Field = "Field";
    public const string ChangedIn = "Changed";
    public const string Added = "Added";
    public const string Lost = "Lost";
    public const string Share = "Share";
    public const string By = "By (median, P95, most)";
    public const string Analyzers = "Analysers";
    public const string Time = "Time for a photo";
    public const string Old = "Stored";
    public const string New = "Now";
    public const string Median = "Median";
    public const string NotCompared = "Not compared";
    public const string MostDifferent = "Photos that differ most";
    public const string Unknown = "unknown";

    public static string Title(long id) => $"Comparison {id}";

    public static string Describe(int sample, string? analyzer, long? userId) =>
        $"{Amounts.Photos(sample)}{(analyzer is null ? "" : $", older than {analyzer}")}{(userId is null ? "" : $", of user {userId}")}";

    public static string Pair(string? old, string? now, int images) => $"{old ?? Unknown} → {now ?? Unknown}: {Amounts.Photos(images)}";

    public static string Seconds(double? seconds) => seconds is { } known ? Amounts.Duration(known) : Unknown;

    public static string Numbers(double? median, double? p95, double? most) =>
        median is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{median:0.####}, {p95:0.####}, {most:0.####}");

    public static string Difference(string field, string kind, double? change, string? old, string? now) => kind switch
    {
        "lost" => $"{field}: lost{(old is null ? "" : $" ({old})")}",
        _ when old is not null || now is not null => $"{field}: {old} → {now}",
        _ when change is not null => string.Create(CultureInfo.InvariantCulture, $"{field}: by {change:0.####}"),
        _ => $"{field}: {kind}",
    };

    public static string Spoken(long id, string state, int ended, int sample) =>
        $"{Title(id)}: {RerunTexts.StateName(state)}, {(sample is 0 ? 100 : ended * 10 / sample * 10)} %";
}
