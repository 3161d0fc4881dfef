namespace BillionHearts.Web.Texts;

internal static class InboxTexts
{
    public const string None = "There is nothing to tell.";
    public const string NoneUnread = "Everything is read.";
    public const string All = "All";
    public const string OnlyUnread = "Unread";
    public const string Unread = "Unread.";
    public const string MarkRead = "Mark as read";
    public const string MarkAll = "Mark all as read";
    public const string Kept = "They go by themselves after a while.";
    public const string Photo = "Photo";

    public static string UnreadCount(int count) => count is 0 ? "Nothing is unread." : $"{Amounts.Count(count)} unread";

    public static string MarkReadOf(long id) => $"{MarkRead}: notification {id}";

    /// <summary>After the words “Photo 7”.</summary>
    public static string Describe(string type, int version) => type switch
    {
        "image.uploaded" => version > 1 ? $"has a new version, number {version}" : "has arrived and is stored",
        "image.analyzed" => "was analysed",
        "image.failed" => "could not be analysed",
        "image.deleted" => "was deleted",
        "image.restored" => "came back",
        "image.duplicates" => "looks like another",
        _ => type,
    };
}
