namespace BillionHearts.Api.Uploads.Intake;

/// <summary>What an image's header says, within our limits.</summary>
internal sealed record MeasuredImage(FileType Type, int Width, int Height);

/// <summary>An image's bytes in the blob store, and what was measured while they went there.</summary>
internal sealed record StoredContent(string Key, MeasuredImage Image, long Length, byte[] Sha256, DateTimeOffset StoredAt);
