namespace BillionHearts.Web.Texts;

/// <summary>Texts of every page. All texts that users read are in this folder, and those of scripts in <c>client/src/texts</c>.</summary>
internal static class CommonTexts
{
    public const string Brand = "Billion Hearts";
    public const string SkipToContent = "Skip to the content";
    public const string Pages = "Pages";
    public const string Photos = "Photos";
    public const string Upload = "Upload";
    public const string Sharing = "Sharing";
    public const string Account = "Account";
    public const string Operations = "Operations";
    /// <summary>Between two parts of a line. Razor drops a blank that stands before an @if.</summary>
    public const string Gap = " · ";
    public const string SignOut = "Sign out";
    public const string Unavailable = "The gallery cannot reach its service at the moment. Try again in a few seconds.";

    public static string SignedInAs(string username) => $"Signed in as {username}";

    public static string Title(string page) => $"{page} · {Brand}";
}
