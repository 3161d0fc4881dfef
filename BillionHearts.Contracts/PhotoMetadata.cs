using System.Text.Json.Serialization;

namespace BillionHearts.Contracts;

/// <summary>
/// What the camera wrote into the file (EXIF, and the rating in XMP). What is missing or impossible is null. Serial numbers, names of people, names of
/// programs and free text are not included.
/// </summary>
public sealed record PhotoMetadata
{
    /// <summary>Make and model, such as <c>Canon EOS R5</c>; at most 128 characters.</summary>
    [JsonPropertyName("camera")]
    public string? Camera { get; init; }

    /// <summary>Model of the lens; at most 128 characters.</summary>
    [JsonPropertyName("lens")]
    public string? Lens { get; init; }

    /// <summary>When the photo was taken, by the camera's clock. UTC is assumed if the camera wrote no offset.</summary>
    [JsonPropertyName("capturedAt")]
    public DateTimeOffset? CapturedAt { get; init; }

    /// <summary>
    /// The camera's time zone: minutes that its clock was ahead of UTC, −840 to 840; null if the camera wrote no offset. Shown to the owner only, because it
    /// tells roughly where the camera was. Since <c>billionhearts/5</c>.
    /// </summary>
    [JsonPropertyName("utcOffsetMinutes")]
    public int? UtcOffsetMinutes { get; init; }

    /// <summary>Seconds.</summary>
    [JsonPropertyName("exposureSeconds")]
    public double? ExposureSeconds { get; init; }

    /// <summary>The f-number: focal length divided by diameter.</summary>
    [JsonPropertyName("aperture")]
    public double? Aperture { get; init; }

    /// <summary>ISO 12232 speed.</summary>
    [JsonPropertyName("iso")]
    public int? Iso { get; init; }

    /// <summary>Millimetres: the actual focal length, not the 35 mm equivalent.</summary>
    [JsonPropertyName("focalLengthMm")]
    public double? FocalLengthMm { get; init; }

    /// <summary>Focal length of the same angle of view on 35 mm film, in millimetres (tag 0xA405), 1 to 65534. Since <c>billionhearts/5</c>.</summary>
    [JsonPropertyName("focalLength35Mm")]
    public int? FocalLength35Mm { get; init; }

    /// <summary>One of <see cref="PhotoTerms.ExposurePrograms"/>. Since <c>billionhearts/5</c>.</summary>
    [JsonPropertyName("exposureProgram")]
    public string? ExposureProgram { get; init; }

    /// <summary>Exposure compensation in EV (tag 0x9204), −99.99 to 99.99; positive is brighter; two decimals. Since <c>billionhearts/5</c>.</summary>
    [JsonPropertyName("exposureBiasEv")]
    public double? ExposureBiasEv { get; init; }

    /// <summary>One of <see cref="PhotoTerms.MeteringModes"/>. Since <c>billionhearts/5</c>.</summary>
    [JsonPropertyName("meteringMode")]
    public string? MeteringMode { get; init; }

    /// <summary>Whether the flash fired (bit 0 of tag 0x9209). Since <c>billionhearts/5</c>.</summary>
    [JsonPropertyName("flashFired")]
    public bool? FlashFired { get; init; }

    /// <summary>One of <see cref="PhotoTerms.WhiteBalances"/>. Since <c>billionhearts/5</c>.</summary>
    [JsonPropertyName("whiteBalance")]
    public string? WhiteBalance { get; init; }

    /// <summary>Stars, 1 to 5, or −1 for rejected: <c>xmp:Rating</c> or, without it, EXIF tag 0x4746. Null when not rated. Since <c>billionhearts/5</c>.</summary>
    [JsonPropertyName("rating")]
    public int? Rating { get; init; }

    /// <summary>Shown to the owner only.</summary>
    [JsonPropertyName("location")]
    public PhotoLocation? Location { get; init; }
}

/// <summary>Where the camera was.</summary>
public sealed record PhotoLocation
{
    /// <summary>Degrees north of the equator, WGS 84, −90 to 90; six decimals at most.</summary>
    [JsonPropertyName("latitude")]
    public required double Latitude { get; init; }

    /// <summary>Degrees east of Greenwich, WGS 84, −180 to 180; six decimals at most.</summary>
    [JsonPropertyName("longitude")]
    public required double Longitude { get; init; }

    /// <summary>Metres above sea level; negative below.</summary>
    [JsonPropertyName("altitudeMetres")]
    public double? AltitudeMetres { get; init; }

    /// <summary>Where the camera pointed: degrees clockwise from north, 0 to below 360, two decimals. Since <c>billionhearts/5</c>.</summary>
    [JsonPropertyName("directionDegrees")]
    public double? DirectionDegrees { get; init; }

    /// <summary>Whether the direction is from magnetic north; otherwise it is from true north. Null without a direction. Since <c>billionhearts/5</c>.</summary>
    [JsonPropertyName("directionIsMagnetic")]
    public bool? DirectionIsMagnetic { get; init; }

    /// <summary>When the satellites gave this position, UTC, whole seconds. Since <c>billionhearts/5</c>.</summary>
    [JsonPropertyName("fixedAt")]
    public DateTimeOffset? FixedAt { get; init; }

    /// <summary>Null where there is neither a country nor a city, as on the high seas. Since <c>billionhearts/6</c>.</summary>
    [JsonPropertyName("place")]
    public PhotoPlace? Place { get; init; }
}
