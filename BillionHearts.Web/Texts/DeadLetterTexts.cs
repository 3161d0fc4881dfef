namespace BillionHearts.Web.Texts;

internal static class DeadLetterTexts
{
    public const string Intro = "Messages that no consumer could handle. Send them again when the reason is gone.";
    public const string ReplayAll = "Send all again";
    public const string ReplayAllQuestion = "All that are listed now go back to the broker, oldest first. Those that fail again come back here.";
    public const string ReplayAllConfirm = "Send them";
    public const string Replay = "Send again";
    public const string Delete = "Delete";
    public const string DeleteQuestion = "The message is lost. If it asked for the analysis of a photo, that analysis has failed then.";
    public const string DeleteConfirm = "Delete message";
    public const string Deleted = "The message is deleted.";
    public const string Back = "All dead letters";
    public const string Queue = "Queue";
    public const string Reason = "Reason";
    public const string RoutingKey = "Routing key";
    public const string Size = "Size";
    public const string Died = "Given up";
    public const string Stored = "Stored here";
    public const string MessageId = "Message id";
    public const string Trace = "Trace";
    public const string Headers = "Headers";
    public const string Body = "Body";
    public const string Cut = "The body is longer than what is shown.";
    public const string Unknown = "unknown";
    public const string CannotReplay = "Its routing key is unknown, so it cannot be sent again.";

    public static string Title(long id) => $"Dead letter {id}";

    public static string Replayed(string count) => $"Sent again: {count}.";

    public static string ReasonName(string reason) => reason switch
    {
        "rejected" => "no consumer can read it",
        "delivery_limit" => "delivered too often",
        _ => reason,
    };
}
