namespace BillionHearts.Web.Texts;

internal static class SessionTexts
{
    public const string Intro = "The browsers and programs that are signed in to your account. End those that you do not know or no longer use.";
    public const string Unknown = "An unknown program";
    public const string Current = "This browser";
    public const string Since = "Signed in";
    public const string LastUsed = "last used";
    public const string End = "End";
    public const string EndOthers = "End all other sessions";
    public const string EndOthersQuestion = "Every other browser and program has to sign in again.";
    public const string EndOthersConfirm = "End them";
    public const string OnlyThis = "You are signed in here only.";
    public const string HowFast = "The session has ended. Its browser is signed out within a minute.";

    public static string EndOf(string client) => $"End the session of {client}";
}
