namespace BillionHearts.Web.Texts;

/// <summary>Texts of the account's sections and of its first page.</summary>
internal static class AccountTexts
{
    public const string Overview = "Overview";
    public const string Sessions = "Sessions";
    public const string Keys = "API keys";
    public const string Webhooks = "Webhooks";
    public const string Activity = "Activity";
    public const string Inbox = "Notifications";

    public const string Copy = "Copy";
    public const string Older = "Older";
    public const string Newest = "Newest";
    public const string Done = "Done.";

    public const string Storage = "Storage";
    public const string Photos = "Photos";
    public const string Stored = "Stored";
    public const string Nothing = "Nothing is stored yet.";
    public const string UploadFirst = "Upload your first photo";
    public const string ByType = "By file type";
    public const string Versions = "The current version of each photo, at its full size. What is made from it, such as previews, does not count.";
    public const string Unread = "Unread notifications";

    public static string Hello(string username) => $"Signed in as {username}";

    public static string OfLimit(string used, string limit) => $"{used} of {limit}";

    public static string TypeLine(long images, long bytes) => $"{Amounts.Photos(images)}, {Amounts.Size(bytes)}";
}
