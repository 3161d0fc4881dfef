namespace BillionHearts.Web.Texts;

internal static class ActivityTexts
{
    public const string Intro = "What was done in your name, newest first. If there is something that you did not do, end your sessions and revoke your keys.";
    public const string None = "Nothing has been recorded yet.";
    public const string From = "from";

    public static string Describe(string action, long? subject) => action switch
    {
        "sign_in" => "Signed in",
        "sign_in_failed" => "Somebody tried to sign in with a wrong password",
        "session_opened" => "A browser or program was signed in",
        "session_ended" => "A session was ended",
        "image_deleted" => $"Photo {subject} was deleted",
        "image_merged" => $"Photo {subject} was merged into another, which was kept",
        "image_restored" => $"Photo {subject} came back after a merge was undone",
        "key_created" => $"API key {subject} was created",
        "key_revoked" => $"API key {subject} was revoked",
        "share_created" => $"Photos were shared by link {subject}",
        "share_revoked" => $"The shared link {subject} was revoked",
        "analysis_repeated" => $"As operator: the analysis of photo {subject} was repeated",
        "rerun_started" => $"As operator: re-run {subject} was started",
        "rerun_paused" => $"As operator: re-run {subject} was paused",
        "rerun_resumed" => $"As operator: re-run {subject} was resumed",
        "rerun_cancelled" => $"As operator: re-run {subject} was cancelled",
        "comparison_started" => $"As operator: comparison {subject} was started",
        "comparison_cancelled" => $"As operator: comparison {subject} was cancelled",
        "dead_letter_replayed" => $"As operator: dead letter {subject} was sent again",
        "dead_letters_replayed" => "As operator: all dead letters were sent again",
        "dead_letter_deleted" => $"As operator: dead letter {subject} was deleted",
        _ => subject is null ? action : $"{action} {subject}",
    };
}
