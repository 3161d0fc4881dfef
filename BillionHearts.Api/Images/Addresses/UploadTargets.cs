using BillionHearts.Api.Platform.Blobs;
using BillionHearts.Storage;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Images.Addresses;

/// <summary>
/// Where the bytes of an announced image may be put: straight into the store where it can let someone do that, and through this
/// api where it cannot.
/// </summary>
internal sealed class UploadTargets(IBlobStore blobs, TimeProvider clock, IOptions<UploadOptions> options)
{
    /// <summary>Addresses end at the quarters of an hour, so that the image object does not change with every look at it.</summary>
    private static readonly TimeSpan s_step = TimeSpan.FromMinutes(15);

    private readonly TimeSpan _lifetime = options.Value.DirectUploadLifetime;

    /// <summary>
    /// The key that a direct upload is written to. It is known outside as long as its address is good, so it is never an image's:
    /// what is there can still be anything when it is read, and is taken in like the bytes of any other client.
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
