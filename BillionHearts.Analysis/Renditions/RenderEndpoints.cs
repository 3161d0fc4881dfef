using System.Threading.RateLimiting;
using BillionHearts.Analysis.Decoding;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Errors;
using BillionHearts.Storage;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace BillionHearts.Analysis.Renditions;

/// <summary>Makes renditions on request. For the api only: the gateway does not route to this service.</summary>
internal static class RenderEndpoints
{
    private const string Slots = "renditions";

    private static readonly Problem s_busy = new(
        503, "busy", "Service unavailable", "Too many renditions are being made at the moment. Try again in a moment.")
    { RetryAfter = TimeSpan.FromSeconds(1) };

    private static readonly Problem s_storeUnavailable = new(
        503, "blob-store-unavailable", "Service unavailable", "The blob store is not responding at the moment. Try again in a moment.")
    { RetryAfter = TimeSpan.FromSeconds(2) };

    private static readonly Problem s_tooSlow = new(
        503, "too-slow", "Service unavailable", "The rendition was not finished within the time limit. Try again later.")
    { RetryAfter = TimeSpan.FromSeconds(5) };

    public static void AddRenditions(this IServiceCollection services)
    {
        services.AddSingleton<RenditionRenderer>();
        services.AddRateLimiter(limiter => limiter.OnRejected = async (context, _) => await s_busy.ExecuteAsync(context.HttpContext));
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<AnalysisOptions>>((limiter, options) => limiter.AddPolicy(
            Slots,
            // Separate from the slots of analysis: a backlog must not delay readers, and readers must not delay analysis.
            _ => RateLimitPartition.GetConcurrencyLimiter(Slots, _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = options.Value.RenditionConcurrency,
                QueueLimit = options.Value.RenditionQueue,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            })));
    }

    public static void MapRenditions(this WebApplication app)
    {
        app.UseRateLimiter();
        app.MapPost(RenditionRequest.Path, RenderAsync).RequireRateLimiting(Slots);
    }

    private static async Task<IResult> RenderAsync(RenditionRequest request, RenditionRenderer renderer, CancellationToken cancellationToken)
    {
        if (!RenditionName.TryParse(request.Name, out var name) || name.Format is RenditionName.Auto)
        {
            return new Problem(422, "invalid-fields", "Invalid fields", "'name' must be the name of a rendition, such as '512x512.webp', '512x512-fit.jpeg' or 'clean'.");
        }

        try
        {
            return TypedResults.Ok(await renderer.RenderAsync(request, name, cancellationToken));
        }
        catch (UnusableImageException exception)
        {
            return TypedResults.UnprocessableEntity(new AnalysisFailure(exception.Reason, exception.Message));
        }
        catch (DecoderUnavailableException)
        {
            return s_busy;
        }
        catch (BlobStoreUnavailableException)
        {
            return s_storeUnavailable;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return s_tooSlow;
        }
    }
}
