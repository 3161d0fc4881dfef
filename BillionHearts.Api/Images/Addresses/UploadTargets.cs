using BillionHearts.Api.Platform.Blobs;
using BillionHearts.Storage;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Images.Addresses;

/// <summary>
/// Creates the request that uploads an announced image's bytes: directly to the store if it supports that, otherwise through this
/// api.
/// </summary>
internal sealed class UploadTargets(IBlobStore blobs, TimeProvider clock, IOptions<UploadOptions> options)
{
    /// <summary>Addresses expire on the quarter hour, so that the image object does not change with every request.</summary>
    private static readonly TimeSpan s_step = TimeSpan.FromMinutes(15);

    private readonly TimeSpan _lifetime = options.Value.DirectUploadLifetime;

    /// <summary>
    /// The key that a direct upload is written to. Clients can write to it while its address is valid, so it is never the key of an
    /// image: its bytes are untrusted, and are checked like those of any other upload.
    /// </summary>
    public static string IncomingKey(string storagePath) => BlobFamily.IncomingOf(storagePath);

    public async ValueTask<UploadResponse> CreateAsync(HttpRequest request, ImageView image, CancellationToken cancellationToken)
    {
        var contentType = FileType.FromName(image.FileType).ContentType;
        var direct = await blobs.CreateUploadAsync(IncomingKey(image.StoragePath), contentType, image.FileSize, ExpiresAt(), cancellationToken);

        return direct is null
            ? new UploadResponse(
                "PUT", $"{request.Scheme}://{request.Host}/images/{image.Id}/content", new Dictionary<string, string> { ["Content-Type"] = contentType }, null)
            : new UploadResponse(direct.Method, direct.Url.AbsoluteUri, direct.Headers, direct.ExpiresAt.UtcDateTime);
    }

    private DateTimeOffset ExpiresAt()
    {
        var earliest = clock.GetUtcNow() + _lifetime;
        return new DateTimeOffset(earliest.Ticks - (earliest.Ticks % s_step.Ticks), TimeSpan.Zero) + s_step;
    }
}
