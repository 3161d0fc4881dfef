using System.Security.Cryptography;
using System.Text.Json;
using BillionHearts.Api.Media;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace BillionHearts.Api.Images;

/// <summary>The image object, with a strong ETag over the very bytes of it; 304 to a reader who has them.</summary>
internal sealed record ImageResult(Image Image) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        var urls = MediaUrls.For(httpContext.Request, services.GetRequiredService<IOptions<MediaOptions>>().Value);
        var json = services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var body = JsonSerializer.SerializeToUtf8Bytes(ImageResponse.From(Image, urls), json);
        var etag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"");

        var headers = httpContext.Response.GetTypedHeaders();
        headers.ETag = etag;
        // Kept by the client alone, and asked about each time: state changes while an image is analysed.
        headers.CacheControl = new CacheControlHeaderValue { Private = true, NoCache = true };

        if (IsRead(httpContext.Request) && IsKnown(httpContext.Request.GetTypedHeaders().IfNoneMatch, etag))
        {
            httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        httpContext.Response.ContentType = "application/json; charset=utf-8";
        httpContext.Response.ContentLength = body.Length;

        if (!HttpMethods.IsHead(httpContext.Request.Method))
        {
            await httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted);
        }
    }

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    // RFC 9110, 13.1.2: If-None-Match compares weakly.
    private static bool IsKnown(IList<EntityTagHeaderValue> ifNoneMatch, EntityTagHeaderValue etag) =>
        ifNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(etag, useStrongComparison: false));
}
