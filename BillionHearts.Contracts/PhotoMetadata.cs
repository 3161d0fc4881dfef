using System.Text.Json.Serialization;

namespace BillionHearts.Contracts;

/// <summary>
/// What the camera wrote into the file (EXIF). What is missing or impossible is null. Serial numbers, names of
/// people and free text are not included.
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
}
