using BillionHearts.Api.Images;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.Net.Http.Headers;

namespace BillionHearts.Api.Uploads.Admission;

/// <summary>
/// <c>If-Match</c> and <c>If-None-Match</c> of a request that changes content. An image has two ETags, one for its bytes and one
/// for the image object, and a client may send either.
/// </summary>
internal sealed class Preconditions(HttpRequest request, ImageRenderer renderer)
{
    private readonly bool _isConditional = request.Headers.IfMatch.Count > 0 || request.Headers.IfNoneMatch.Count > 0;

    public Problem? Check(Image image)
    {
        if (!_isConditional)
        {
            return null;
        }

        var headers = request.GetTypedHeaders();

        if (request.Headers.IfMatch.Count > 0 && !headers.IfMatch.Any(tag => Matches(tag, image)))
        {
            return Failed("If-Match", request.Headers.IfMatch.ToString(), image);
        }

        return request.Headers.IfNoneMatch.Count > 0 && headers.IfNoneMatch.Any(tag => Matches(tag, image))
            ? Failed("If-None-Match", request.Headers.IfNoneMatch.ToString(), image)
            : null;
    }

    // RFC 9110, 13.1.1 requires the strong comparison for If-Match; all our tags are strong.
    private bool Matches(EntityTagHeaderValue tag, Image image) => image.HasContent
        && (tag.Equals(EntityTagHeaderValue.Any)
            || tag.Compare(GetContentTag(image), useStrongComparison: true)
            || tag.Compare(renderer.Render(request, ImageView.From(image)).ETag, useStrongComparison: true));

    private static EntityTagHeaderValue GetContentTag(Image image) => new($"\"{Convert.ToHexStringLower(image.Sha256!)}\"");

    private static Problem Failed(string header, string value, Image image) => new(
        412, "precondition-failed", "Precondition failed",
        image.HasContent
            ? $"{header} is {Problems.Shorten(value)}, but the current content is {GetContentTag(image)}, version {image.Version}."
            : $"{header} is {Problems.Shorten(value)}, but the image has no content yet.");
}
