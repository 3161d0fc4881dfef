namespace BillionHearts.Web.Session;

/// <summary>Names a browser as its user would, for the list of sessions.</summary>
internal static class Browsers
{
    // The first that matches: most browsers name others, too.
    private static readonly (string Mark, string Name)[] s_browsers =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("SamsungBrowser/", "Samsung Internet"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];

    private static readonly (string Mark, string Name)[] s_systems =
        [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    public static string Describe(string? userAgent) => $"{Find(s_browsers, userAgent) ?? "A browser"} on {Find(s_systems, userAgent) ?? "an unknown system"}";

    private static string? Find((string Mark, string Name)[] names, string? userAgent) =>
        names.FirstOrDefault(one => userAgent?.Contains(one.Mark, StringComparison.Ordinal) is true).Name;
}
