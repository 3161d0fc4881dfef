using System.ComponentModel;
using System.Text.Json.Serialization;
using BillionHearts.Api.Images.Addresses;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Images;

/// <summary>The image object of the API: first the nine fields of the original service, then the new ones.</summary>
internal sealed record ImageResponse
{
    public required long Id { get; init; }

    public required long UserId { get; init; }

    public required string OriginalFilename { get; init; }

    public required DateTime UploadDate { get; init; }

    [Description("In pixels, as stored in the file; `analysis.width` is after the camera's orientation is applied.")]
    public required int Width { get; init; }

    [Description("In pixels, as stored in the file; `analysis.height` is after the camera's orientation is applied.")]
    public required int Height { get; init; }

    public required long FileSize { get; init; }

    public required string FileType { get; init; }

    public required string StoragePath { get; init; }

    public required string Status { get; init; }

    public string? Sha256 { get; init; }

    public required int Version { get; init; }

    public string? Url { get; init; }

    public required IReadOnlyDictionary<string, RenditionResponse> Renditions { get; init; }

    public AnalysisResponse? Analysis { get; init; }

    [Description("Text in the picture, and what look-alikes are found by. Null until it was recognised, and where the service does not recognise pictures.")]
    public RecognitionResponse? Recognition { get; init; }

    public FailureResponse? Failure { get; init; }

    /// <summary>Only set while the image has no content, and only when a single image is requested.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UploadResponse? Upload { get; init; }

    /// <param name="isOwner">Whether the caller is authenticated as the image's owner. Only the owner gets the location and the time zone.</param>
    public static ImageResponse From(ImageView image, MediaUrls urls, bool isOwner) => new()
    {
        Id = image.Id,
        UserId = image.UserId,
        OriginalFilename = image.OriginalFilename,
        UploadDate = image.UploadDate.UtcDateTime,
        Width = image.Width,
        Height = image.Height,
        FileSize = image.FileSize,
        FileType = image.FileType,
        StoragePath = image.StoragePath,
        Status = image.Status,
        Sha256 = image.Sha256 is null ? null : Convert.ToHexStringLower(image.Sha256),
        Version = image.Version,
        Url = image.MediaKey is null ? null : urls.Build(image.MediaKey, MediaUrls.Original),
        Renditions = image.Renditions.ToDictionary(
            rendition => rendition.Name,
            rendition => new RenditionResponse(urls.Build(image.MediaKey!, rendition.Name), rendition.Width, rendition.Height, rendition.Bytes)),
        Analysis = image.Analysis is null ? null : AnalysisResponse.From(image.Analysis, isOwner),
        Recognition = RecognitionResponse.From(image.Recognition),
        Failure = image.FailureReason is null ? null : new FailureResponse(image.FailureReason, image.FailureDetail ?? ""),
    };
}

internal sealed record RenditionResponse(string Url, int Width, int Height, long Bytes);

/// <summary>The request that uploads the content: send the bytes with this method and these headers to this address.</summary>
/// <param name="ExpiresAt">Null if the address is valid for as long as the image has no content.</param>
internal sealed record UploadResponse(string Method, string Url, IReadOnlyDictionary<string, string> Headers, DateTime? ExpiresAt);

/// <param name="Reason">A stable code, such as <c>corrupt</c> or <c>truncated</c>.</param>
internal sealed record FailureResponse(string Reason, string Detail);
