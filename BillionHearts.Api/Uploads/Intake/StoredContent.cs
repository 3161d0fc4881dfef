namespace BillionHearts.Api.Uploads.Intake;

/// <summary>Type and dimensions from an image's header, checked against the limits.</summary>
internal sealed record MeasuredImage(FileType Type, int Width, int Height);

/// <summary>An image's bytes in the blob store, and what was measured while they were stored.</summary>
internal sealed record StoredContent(string Key, MeasuredImage Image, long Length, byte[] Sha256, DateTimeOffset StoredAt);
