using System.Text.Json;
using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images.Addresses;
using BillionHearts.Api.Platform.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Images;

/// <summary>Renders the image object, with addresses and fields that depend on the caller.</summary>
internal sealed class ImageRenderer(UploadTargets targets, IOptions<MediaOptions> media, IOptions<JsonOptions> json, TimeProvider clock)
{
    public async ValueTask<RenderedJson> RenderAsync(HttpRequest request, ImageView image, CancellationToken cancellationToken) =>
        Render(request, image, image.HasContent ? null : await targets.CreateAsync(request, image, cancellationToken));

    /// <param name="upload">How to upload the content, if the image has none yet.</param>
    public RenderedJson Render(HttpRequest request, ImageView image, UploadResponse? upload = null)
    {
        var response = ImageResponse.From(image, MediaUrls.For(request, media.Value, clock), Caller.IsUser(request.HttpContext, image.UserId)) with { Upload = upload };
        return new RenderedJson(JsonSerializer.SerializeToUtf8Bytes(response, json.Value.SerializerOptions));
    }
}
