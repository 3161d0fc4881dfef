namespace BillionHearts.Contracts;

/// <summary>Names for the numbers of EXIF 2.32 (CIPA DC-008), each at its number. Numbers without a name are reserved, or mean that it is not known.</summary>
public static class PhotoTerms
{
    /// <summary>Tag 0x8822.</summary>
    public static IReadOnlyList<string?> ExposurePrograms { get; } =
        [null, "manual", "program", "aperture_priority", "shutter_priority", "creative", "action", "portrait", "landscape"];

    /// <summary>Tag 0x9207.</summary>
    public static IReadOnlyList<string?> MeteringModes { get; } = [null, "average", "center_weighted", "spot", "multi_spot", "pattern", "partial"];

    /// <summary>Tag 0xA403.</summary>
    public static IReadOnlyList<string?> WhiteBalances { get; } = ["auto", "manual"];
}
