namespace BillionHearts.Web.Texts;

/// <summary>Texts of the operators' sections, their first page, the ledger and the quarantine.</summary>
internal static class OperationsTexts
{
    public const string Overview = "Overview";
    public const string Reruns = "Re-runs";
    public const string Comparisons = "Comparisons";
    public const string Ledger = "Ledger";
    public const string Quarantine = "Quarantine";
    public const string DeadLetters = "Dead letters";
    public const string Intro = "For operators: the analysis of all photos of this installation. You can see why an analysis failed, and never the photo.";
    public const string Recorded = "What you change here is recorded in your activity.";
    public const string NoRerun = "No re-run is under way.";
    public const string NoneRefused = "No message waits here.";
    public const string NoneQuarantined = "No photo has ended its decoder.";
    public const string Open = "Open";

    public const string LedgerIntro = "Every attempt to analyse a photo, newest first, also of one that was deleted a short while ago.";
    public const string PhotoNumber = "Number of the photo";
    public const string Show = "Show";
    public const string NoAttempts = "There has been no attempt yet.";
    public const string AnalyzeAgain = "Analyse again";
    public const string AnalyzeAgainQuestion = "The photo is queued behind all new uploads. It keeps its result until the new one arrives.";
    public const string Queued = "The analysis is queued.";
    public const string Attempt = "Attempt";
    public const string Outcome = "Outcome";
    public const string Lane = "Lane";
    public const string Worker = "Worker";
    public const string Started = "Started";
    public const string Took = "Took";
    public const string Trace = "Trace";
    public const string Decoder = "How its decoder ended";

    public const string QuarantineIntro = "Photos that crashed their decoder or reached its limits, with what is needed to reproduce it.";
    public const string Photo = "Photo";
    public const string User = "of user";
    public const string Key = "Key in the blob store";
    public const string ExitCode = "Exit code";
    public const string Ran = "Ran for";
    public const string FileSize = "File";
    public const string MemoryLimit = "Memory limit";
    public const string Analyzer = "Analyser";
    public const string Library = "Library";
    public const string ErrorOutput = "Error output";
    public const string None = "none";
    public const string Attempts = "All attempts";

    public static string PhotoOf(long id) => $"Photo {id}";

    public static string VersionAndAttempt(int version, int attempt) => $"version {version}, attempt {attempt}";

    public static string AtLeast(int count, int pageSize) => count < pageSize ? Amounts.Count(count) : $"{Amounts.Count(count)} or more";

    public static string OutcomeName(string outcome) => outcome switch
    {
        "analyzed" => "Analysed",
        "failed" => "Failed",
        "retry" => "To be repeated",
        _ => outcome,
    };

    public static string? Tone(string outcome) => outcome switch
    {
        "analyzed" => "good",
        "failed" => "bad",
        _ => null,
    };
}
