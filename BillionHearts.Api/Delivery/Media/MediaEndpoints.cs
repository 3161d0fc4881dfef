using System.Globalization;
using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Delivery.Renditions;
using BillionHearts.Api.Images;
using BillionHearts.Api.Images.Addresses;
using BillionHearts.Api.Pipeline;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using BillionHearts.Api.Platform.Telemetry;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Errors;
using BillionHearts.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace BillionHearts.Api.Delivery.Media;

internal static class MediaEndpoints
{
    private const string Forever = "public, max-age=31536000, immutable";

    private const string ForAMoment = "public, max-age=10";

    private static readonly TimeSpan s_year = TimeSpan.FromDays(365);

    private static readonly TimeSpan s_month = TimeSpan.FromDays(30);

    private static readonly TimeSpan s_moment = TimeSpan.FromSeconds(10);

    private static readonly Problem s_unknown = new(404, "media-not-found", "Not found", "Media not found.");

    private static readonly Problem s_gone = new(410, "media-gone", "Gone", "This image was deleted or replaced.");

    public static void MapMedia(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/images/{id}/download", ["GET", "HEAD"], DownloadImage)
            .Owns(Owned.Image, Scopes.ReadImages)
            .WithName(nameof(DownloadImage)).WithTags("Images").WithSummary("Download an image's bytes as a file")
            .WithDescription("If the image has no content, or the request accepts application/json, the answer is the image object, as in the original service.")
            .ProducesBytes().Produces<ImageResponse>()
            .Refuses(401, 403, 404, 416, 503);

        routes.MapMethods("/media/{key}/{rendition}", ["GET", "HEAD"], GetMedia)
            .AllowAnonymous()
            .WithName(nameof(GetMedia)).WithTags("Media").WithSummary("Get an image's bytes, to show and cache")
            .WithDescription("The address is in the image object. `rendition` is original, thumb, preview, clean, or a size and format such as 512x512-fit.webp. What is at an address never changes, except that WebP is sent for a short time in place of an AVIF that is still being made.")
            .ProducesBytes()
            .Refuses(404, 410, 416, 503);
    }

    private static async Task<IResult> DownloadImage(RouteId id, HttpContext http, ImagesDbContext db, CancellationToken cancellationToken)
    {
        if (await db.Images.AsNoTracking().SingleOrDefaultAsync(image => image.Id == id.Value, cancellationToken) is not { } image)
        {
            return Problems.ImageNotFound;
        }

        http.Response.Headers.Vary = HeaderNames.Accept;

        if (!image.HasContent || WantsJson(http.Request))
        {
            return new ImageResult(ImageView.From(image));
        }

        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(DownloadName.From(image.OriginalFilename, fallback: $"image.{image.FileType}"));

        var headers = http.Response.Headers;
        headers.ContentDisposition = disposition.ToString();
        headers.CacheControl = "private, no-cache";
        AddSafetyHeaders(http.Response);
        headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(image.Sha256!)}:";

        return Bytes(http, MediaContent.Original(image), image.Sha256);
    }

    private static async Task<IResult> GetMedia(
        string key, string rendition, HttpContext http, ImagesDbContext db, OnDemandRenditions onDemand, MediaTelemetry telemetry, CancellationToken cancellationToken)
    {
        AddSafetyHeaders(http.Response);

        if (await MediaImage.FindAsync(db, key, cancellationToken) is not { } image)
        {
            return await AbsentAsync(key, http.Response, db, telemetry, cancellationToken);
        }

        if (MediaContent.Find(image, rendition) is { } content)
        {
            telemetry.Served(rendition);
            http.Response.Headers.CacheControl = Forever;
            SetEdgeLifetime(http.Response, s_year);

            return Bytes(http, content, rendition is MediaUrls.Original ? image.Sha256 : null);
        }

        if (!RenditionName.TryParse(rendition, out var name))
        {
            telemetry.Absent(isGone: false);
            return s_unknown;
        }

        var found = await onDemand.FindAsync(image, name, http.Request.Headers.Accept.ToString(), cancellationToken);
        if (name.Format is RenditionName.Auto)
        {
            http.Response.Headers.Vary = HeaderNames.Accept;
        }

        if (!found.TryGet(out var made, out var refusal))
        {
            telemetry.Absent(isGone: false);
            return refusal;
        }

        telemetry.Served("on_demand");
        http.Response.Headers.CacheControl = made.IsStandIn ? ForAMoment : Forever;
        SetEdgeLifetime(http.Response, made.IsStandIn ? s_moment : s_year);

        return Bytes(http, made.Content, sha256: null);
    }

    private static async Task<Problem> AbsentAsync(
        string key, HttpResponse response, ImagesDbContext db, MediaTelemetry telemetry, CancellationToken cancellationToken)
    {
        var isGone = MediaUrls.IsKey(key) && await db.RetiredMediaKeys.AnyAsync(retired => retired.MediaKey == key, cancellationToken);
        telemetry.Absent(isGone);

        if (isGone)
        {
            // This answer replaces the bytes that the gateway may have cached.
            SetEdgeLifetime(response, s_month);
        }

        return isGone ? s_gone : s_unknown;
    }

    /// <summary>Sets how long the gateway caches this answer. Without the header it caches nothing. The gateway removes the header.</summary>
    private static void SetEdgeLifetime(HttpResponse response, TimeSpan time) =>
        response.Headers["X-Accel-Expires"] = ((int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>With these headers a browser shows uploaded bytes as an image or not at all, whatever they contain.</summary>
    private static void AddSafetyHeaders(HttpResponse response)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        response.Headers["Referrer-Policy"] = "no-referrer";
    }

    private static FileStreamHttpResult Bytes(HttpContext http, MediaContent content, byte[]? sha256)
    {
        // An unknown range unit must be ignored (RFC 9110, 14.2), but ASP.NET reads the numbers of any unit as bytes.
        if (!http.Request.Headers.Range.ToString().StartsWith("bytes=", StringComparison.OrdinalIgnoreCase))
        {
            http.Request.Headers.Remove(HeaderNames.Range);
        }

        var services = http.RequestServices;

        return TypedResults.Stream(
            new BlobContentStream(
                services.GetRequiredService<IBlobStore>(), services.GetRequiredService<IntegrityAlarm>(), content.BlobKey, content.Length, sha256),
            content.ContentType,
            lastModified: content.LastModified,
            entityTag: new EntityTagHeaderValue($"\"{content.Tag}\""),
            enableRangeProcessing: true);
    }

    /// <summary>Whether the client asks for JSON explicitly; <c>*/*</c>, which every client sends, does not count.</summary>
    private static bool WantsJson(HttpRequest request) => request.GetTypedHeaders().Accept is { Count: > 0 } accepted
        && accepted.Any(type => type.MediaType.Equals(JsonBody.ContentType, StringComparison.OrdinalIgnoreCase) && type.Quality is not 0)
        && !accepted.Any(type => type.Type.Equals("image", StringComparison.OrdinalIgnoreCase));
}
