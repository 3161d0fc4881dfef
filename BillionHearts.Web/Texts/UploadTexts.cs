namespace BillionHearts.Web.Texts;

/// <summary>Texts of the upload page. Those that change while it is open are in <c>client/src/texts/upload.ts</c>.</summary>
internal static class UploadTexts
{
    public const string Title = "Upload";
    public const string Drop = "Drop photos or folders anywhere on this page";
    public const string Accepted = "JPEG, PNG, WebP, GIF, AVIF and HEIC, stored byte for byte. Paste works, too.";
    public const string ChoosePhotos = "Choose photos";
    public const string ChooseFolder = "Choose a folder";
    public const string NeedsScript = "Uploading from this page needs JavaScript, which is off in this browser.";
    public const string Progress = "Progress of all photos";
    public const string Pause = "Pause all";
    public const string Resume = "Continue";
    public const string Cancel = "Cancel all";
    public const string Away = "The service cannot be reached at the moment. Nothing is lost: the upload continues by itself.";
    public const string Problems = "Need your attention";
    public const string Known = "Already here";
    public const string SendKnown = "Send them anyway";
    public const string Sending = "On the way";
    public const string Waiting = "Being analysed";
    public const string Done = "Arrived";
    public const string ClearDone = "Clear the list";
    public const string More = "Show more";
}
