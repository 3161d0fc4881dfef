using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace BillionHearts.Api.Platform.Http;

/// <summary>JSON as it is sent, with a strong ETag over its bytes; 304 for a client that already has them.</summary>
internal sealed record RenderedJson(byte[] Body) : IResult
{
    public int Status { get; init; } = StatusCodes.Status200OK;

    public string Text => Encoding.UTF8.GetString(Body);

    public EntityTagHeaderValue ETag { get; } = new(TagOf(Body));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers.ETag = ETag.ToString();
        // Only the client may cache it, and must revalidate each time: the status changes while an image is analysed.
        response.Headers.CacheControl = "no-cache, private";

        if (IsRead(httpContext.Request) && IsKnown(httpContext.Request))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.StatusCode = Status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = Body.Length;

        if (!HttpMethods.IsHead(httpContext.Request.Method))
        {
            await response.Body.WriteAsync(Body, httpContext.RequestAborted);
        }
    }

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    // RFC 9110, 13.1.2: If-None-Match compares weakly.
    private bool IsKnown(HttpRequest request) => request.Headers.IfNoneMatch.Count > 0 && request.GetTypedHeaders().IfNoneMatch
        .Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(ETag, useStrongComparison: false));

    private static string TagOf(byte[] body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return $"\"{Convert.ToHexStringLower(hash[..16])}\"";
    }
}
