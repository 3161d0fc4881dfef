using BillionHearts.Api.Accounts.Access;
using BillionHearts.Api.Images.Listing;
using BillionHearts.Api.Platform.Input;
using BillionHearts.Api.Platform.Reference;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace BillionHearts.Api.Delivery.Export;

internal static class ExportEndpoints
{
    private static readonly Problem s_busy = new(
        503, "exports-busy", "Service unavailable", "The server is already sending as many exports as it allows at once. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(10) };

    /// <summary>A slower client is disconnected, because it holds a place that others need.</summary>
    private static readonly MinDataRate s_leastRate = new(bytesPerSecond: 16 * 1024, gracePeriod: TimeSpan.FromSeconds(30));

    public static void MapExport(this IEndpointRouteBuilder routes) => routes
        .MapGet("/users/{id}/images/export", ExportImages)
        .Owns(Owned.User, Scopes.ReadImages)
        .WithName(nameof(ExportImages)).WithTags("Images").WithSummary("Export a user's images as a ZIP")
        .WithDescription(
            "The originals exactly as they were uploaded, including camera metadata, followed by a `manifest.json` that describes each file. Images that are " +
            "deleted during the export are left out. Images whose stored bytes differ from the upload are listed under `errors`. The filters are those of the " +
            "list. If the ZIP ends early it is incomplete: repeat the request.")
        .ReadsQuery(parameters => ImageFilter.Read(parameters))
        .Produces<Stream>(StatusCodes.Status200OK, ImageExport.ContentType)
        .Refuses(401, 403, 404, 422, 503);

    private static async Task<IResult> ExportImages(RouteId id, HttpContext http, ImageExport export, ExportGate gate, CancellationToken cancellationToken)
    {
        var parameters = ParameterReader.ForQuery(http.Request);
        var filter = ImageFilter.Read(parameters);

        if (parameters.Errors.Problem is { } refusal)
        {
            return refusal;
        }

        using var place = gate.TryEnter();

        if (place is null)
        {
            return s_busy;
        }

        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = s_leastRate;
        }

        return await export.SendAsync(http, id.Value, filter, cancellationToken) is { } nothing ? nothing : TypedResults.Empty;
    }
}
