using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using BillionHearts.Api.Platform.Data;

namespace BillionHearts.Api.Uploads.Receipts;

/// <summary>The signed part of a receipt: these bytes are stored, and were read back and compared.</summary>
internal record ReceiptStatement
{
    public required long ImageId { get; init; }

    /// <summary>Lower-case hex.</summary>
    public required string Sha256 { get; init; }

    public required long Bytes { get; init; }

    /// <summary>When these bytes became the image's content.</summary>
    public required DateTime StoredAt { get; init; }

    /// <summary>When all bytes were last read from the store and had this SHA-256.</summary>
    public required DateTime VerifiedAt { get; init; }

    public required int Version { get; init; }

    public static ReceiptStatement From(Image image, DateTimeOffset verifiedAt) => new()
    {
        ImageId = image.Id,
        Sha256 = Convert.ToHexStringLower(image.Sha256!),
        Bytes = image.FileSize,
        StoredAt = (image.StoredAt ?? image.UploadDate).UtcDateTime,
        VerifiedAt = verifiedAt.UtcDateTime,
        Version = image.Version,
    };
}

/// <summary>The statement and its signature.</summary>
internal sealed record ReceiptResponse : ReceiptStatement
{
    [SetsRequiredMembers]
    public ReceiptResponse(ReceiptStatement statement, string signature) : base(statement) => Signature = signature;

    /// <summary>Compact JSON Web Signature over the other fields; its keys are at /.well-known/jwks.json.</summary>
    [JsonPropertyOrder(1)]
    public string Signature { get; }
}
