namespace BillionHearts.Contracts;

/// <summary>Names of colour profiles. A profile's own description is free text, and that of a screen can name its owner.</summary>
public static class ColorProfiles
{
    /// <summary>The file has no ICC profile. Its samples are read as sRGB, or as the header of an AVIF says.</summary>
    public const string None = "none";

    public const string Srgb = "srgb";
    public const string DisplayP3 = "display_p3";
    public const string AdobeRgb = "adobe_rgb";
    public const string ProPhotoRgb = "prophoto_rgb";
    public const string Rec2020 = "rec2020";

    /// <summary>Any other profile: grey, CMYK, of a screen or a scanner.</summary>
    public const string Other = "other";

    public static IReadOnlyList<string> All { get; } = [None, Srgb, DisplayP3, AdobeRgb, ProPhotoRgb, Rec2020, Other];
}
