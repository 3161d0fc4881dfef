namespace BillionHearts.Formats;

/// <summary>The names of the accepted formats, as they stand in the database, in messages and in answers.</summary>
public static class FormatName
{
    public const string Jpeg = "jpeg";
    public const string Png = "png";
    public const string Webp = "webp";
    public const string Gif = "gif";
    public const string Avif = "avif";
    public const string Heic = "heic";
}
