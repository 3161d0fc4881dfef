using System.Text.Json;
using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images.Addresses;
using BillionHearts.Api.Platform.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Images;

/// <summary>Writes the image object, with the addresses that are right for who asks.</summary>
internal sealed class ImageRenderer(UploadTargets targets, IOptions<MediaOptions> media, IOptions<JsonOptions> json, TimeProvider clock)
{
    public async ValueTask<RenderedJson> RenderAsync(HttpRequest request, ImageView image, CancellationToken cancellationToken) =>
        Render(request, image, image.HasContent ? null : await targets.CreateAsync(request, image, cancellationToken));

    /// <param name="upload">Where the content is to be put, while it is awaited.</param>
    public RenderedJson Render(HttpRequest request, ImageView image, UploadResponse? upload = null)
    {
        var response = ImageResponse.From(image, MediaUrls.For(request, media.Value, clock), Caller.IsUser(request.HttpContext, image.UserId)) with { Upload = upload };
        return new RenderedJson(JsonSerializer.SerializeToUtf8Bytes(response, json.Value.SerializerOptions));
    }
}
