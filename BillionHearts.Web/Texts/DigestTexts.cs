namespace BillionHearts.Web.Texts;

internal static class DigestTexts
{
    public const string Title = "E-mail digests";
    public const string About = "A short mail now and then says how many photos were analysed, failed or look like others. It has numbers only: no names, no pictures.";
    public const string Address = "E-mail address";
    public const string Begin = "Send me a code";
    public const string Code = "Code from the mail";
    public const string Confirm = "Confirm";
    public const string Restart = "Use another address";
    public const string End = "Stop digests";
    public const string Ended = "The digests have stopped, and the address is forgotten.";

    public static string On(string address) => $"Digests go to {address}.";

    public static string Waiting(string address) => $"A code was sent to {address}. Digests begin when you enter it here.";
}
