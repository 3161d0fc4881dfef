using System.Threading.RateLimiting;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Errors;
using BillionHearts.Storage;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace BillionHearts.Analysis.Renditions;

/// <summary>Copies that somebody waits for. Between services only: the gateway has no way to here.</summary>
internal static class RenditionEndpoints
{
    private const string Slots = "renditions";

    private static readonly Problem s_busy = new(
        503, "busy", "Service unavailable", "As many copies are being made as are made at once. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(1) };

    private static readonly Problem s_storeAway = new(
        503, "blob-store-unavailable", "Service unavailable", "The store of the images' bytes does not answer at the moment. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(2) };

    private static readonly Problem s_tooSlow = new(
        503, "too-slow", "Service unavailable", "The copy was not made in the time that one may take. Try again.")
    { RetryAfter = TimeSpan.FromSeconds(5) };

    public static void AddRenditions(this IServiceCollection services)
    {
        services.AddSingleton<RenditionMaker>();
        services.AddRateLimiter(limiter => limiter.OnRejected = async (context, _) => await s_busy.ExecuteAsync(context.HttpContext));
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<AnalysisOptions>>((limiter, options) => limiter.AddPolicy(
            Slots,
            // Beside those of analysis and not out of them: a backlog must not keep a reader waiting, nor readers an upload's analysis.
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
        app.MapPost(RenditionRequest.Path, MakeAsync).RequireRateLimiting(Slots);
    }

    private static async Task<IResult> MakeAsync(RenditionRequest request, RenditionMaker maker, CancellationToken cancellationToken)
    {
        if (!RenditionName.TryParse(request.Name, out var name) || name.Format is RenditionName.Auto)
        {
            return new Problem(422, "invalid-fields", "Invalid fields", "name is no name of a copy.");
        }

        try
        {
            return TypedResults.Ok(await maker.MakeAsync(request, name, cancellationToken));
        }
        catch (UnusableImageException exception)
        {
            return TypedResults.UnprocessableEntity(new AnalysisFailure(exception.Reason, exception.Message));
        }
        catch (BlobStoreUnavailableException)
        {
            return s_storeAway;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return s_tooSlow;
        }
    }
}
