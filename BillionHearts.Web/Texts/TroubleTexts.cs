namespace BillionHearts.Web.Texts;

internal static class TroubleTexts
{
    public const string NotFound = "There is nothing here";
    public const string NotFoundDetail = "The address is wrong, or what was here has been deleted.";
    public const string Failed = "That did not work";
    public const string FailedDetail = "Something went wrong on our side. Your photos are safe. Try again, and quote this code if it happens again:";
    public const string Unavailable = "Just a moment";
    public const string Back = "Back to the photos";
}
