namespace BillionHearts.Web.Texts;

internal static class SharingTexts
{
    public const string Title = "Shared links";
    public const string Explanation = "Anyone with a link sees its photos, without names, places or camera. You can end it at any time.";
    public const string None = "You have shared nothing yet.";
    public const string HowTo = "Open a photo and choose Share.";
    public const string OnlyOnce = "A link's address is shown once, when it is made. If you lose it, make a new one and revoke the old.";
    public const string HasPassword = "With password";
    public const string NoPassword = "Without password";
    public const string Revoke = "Revoke";
    public const string RevokeQuestion = "The link stops working at once.";
    public const string RevokeNow = "Revoke now";
    public const string Revoked = "The link was revoked.";

    public const string New = "Share photos";
    public const string Expires = "The link works for";
    public const string Password = "Password";
    public const string PasswordHint = "Optional. Send it to them by another way than the link.";
    public const string Create = "Make the link";
    public const string Created = "Your link is ready";
    public const string CopyNow = "Copy it now: it is shown only this once.";
    public const string Link = "Link";
    public const string Copy = "Copy";
    public const string OpenLink = "Open it as others see it";
    public const string AllLinks = "All shared links";
    public const string NoPhotos = "There is no photo to share. Open a photo and choose Share.";

    public const string Stranger = "A shared photo";
    public const string Shared = "Shared with you";
    public const string Protected = "These photos are protected";
    public const string ProtectedDetail = "Enter the password that you were given with the link.";
    public const string WrongPassword = "That is not the password.";
    public const string Show = "Show the photos";
    public const string Gone = "This link leads nowhere";
    public const string GoneDetail = "It does not exist, has expired, or was revoked by whoever shared it.";
    public const string Empty = "The photos of this link have been deleted.";
    public const string NotYet = "This photo is not ready yet. Try again in a minute.";
    public const string Download = "Download";
    public const string PreviewDetail = "Open the link to see them.";

    /// <summary>In seconds, with words.</summary>
    public static IReadOnlyList<(long Seconds, string Words)> Lifetimes { get; } =
        [(3_600, "an hour"), (86_400, "a day"), (604_800, "a week"), (2_592_000, "30 days"), (7_776_000, "90 days")];

    public static string Photos(int count) => Wording.Count(count, "photo", "photos");

    public static string AndMore(int count) => $"and {count} more";

    public static string Picture(int number, int count) => count is 1 ? "The shared photo" : $"Shared photo {number} of {count}";

    public static string PictureOf(int count) => count is 1 ? Stranger : $"{count} shared photos";

    public static string ExpiresIn(TimeSpan time) => $"Expires {Wording.Until(time)}";

    public static string ExpiresAt(DateTime at) => $"The link works until {Wording.Moment(at)}.";

    public static string MadeOn(DateTime at) => $"Made on {Wording.Day(at)}";

    public static string RevokeOf(int count, DateTime made) => $"Revoke the link to {Photos(count)} made on {Wording.Moment(made)}";
}
