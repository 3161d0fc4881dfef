namespace BillionHearts.Web.Texts;

internal static class RerunTexts
{
    public const string Intro = "A re-run analyses many photos again, a few at a time and behind all new uploads. A photo keeps its result until the new one arrives.";
    public const string Start = "Start a re-run";
    public const string Which = "Which photos";
    public const string Analyzer = "Analyser";
    public const string AnalyzerHint = "Such as billionhearts/6. Only for “older than”.";
    public const string User = "Only of user";
    public const string UserHint = "A user's number. Empty for all users.";
    public const string AskForecast = "Forecast";
    public const string ForecastTitle = "Forecast";
    public const string StartNow = "Start this re-run";
    public const string Nothing = "No photo matches, so there is nothing to repeat.";
    public const string History = "Earlier re-runs";
    public const string None = "There has been no re-run.";
    public const string Pause = "Pause";
    public const string Resume = "Resume";
    public const string Cancel = "Cancel";
    public const string CancelQuestion = "No further photo is queued. Those that are being analysed end by themselves. A cancelled re-run cannot be resumed.";
    public const string CancelConfirm = "Cancel the re-run";
    public const string Queued = "Queued";
    public const string Done = "Done";
    public const string Failed = "Failed";
    public const string Skipped = "Skipped";
    public const string Outstanding = "Under way";
    public const string Started = "Started";
    public const string Ended = "Ended";
    public const string Scope = "Photos";
    public const string State = "State";
    public const string Refresh = "Show the current state";

    public static readonly IReadOnlyList<(string Scope, string Text)> Scopes =
        [("failed", "those whose analysis failed"), ("older_than", "those that an older analyser than this one made"), ("all", "all")];

    public static string Title(long id) => $"Re-run {id}";

    public static string Describe(string scope, string? analyzer, long? userId) =>
        $"{(scope is "older_than" ? $"older than {analyzer}" : scope is "failed" ? "failed analyses" : "all photos")}{(userId is null ? "" : $" of user {userId}")}";

    public static string StateName(string state) => state switch
    {
        "running" => "Running",
        "paused" => "Paused",
        "done" => "Done",
        "cancelled" => "Cancelled",
        _ => state,
    };

    public static string? Tone(string state) => state is "running" or "done" ? "good" : null;

    public static string Forecast(long images, bool isEstimate, double? seconds) =>
        $"{(isEstimate ? "About " : "")}{Amounts.Photos(images)}{(seconds is { } time ? $", in {Amounts.Duration(time)}" : ". How long it takes is unknown, because nothing was analysed in the last ten minutes")}.";

    public static string Progress(long ended, long expected, bool isEstimate) => $"{Amounts.Count(ended)} of {(isEstimate ? "about " : "")}{Amounts.Photos(expected)}";

    public static string Remaining(double seconds) => $"{Amounts.Duration(seconds)} left";

    /// <summary>In steps of ten percent: a screen reader says each change.</summary>
    public static string Spoken(long id, string state, double share) => $"{Title(id)}: {StateName(state)}, {Math.Floor(share * 10) * 10:0} %";
}
