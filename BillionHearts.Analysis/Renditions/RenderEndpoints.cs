using System.Threading.RateLimiting;
using BillionHearts.Contracts;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace BillionHearts.Analysis.Renditions;

/// <summary>Makes renditions on request. For the api only: the gateway does not route to this service.</summary>
internal static class RenderEndpoints
{
    private const string Slots = "renditions";

    public static void AddRenditions(this IServiceCollection services)
    {
        services.AddSingleton<RenditionRenderer>();
        services.AddRateLimiter(limiter => limiter.OnRejected = async (context, _) => await DecodingCalls.Busy.ExecuteAsync(context.HttpContext));
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

    private static async Task<IResult> RenderAsync(RenditionRequest request, RenditionRenderer renderer, CancellationToken cancellationToken) =>
        RenditionName.TryParse(request.Name, out var name) && name.Format is not RenditionName.Auto
            ? await DecodingCalls.AnswerAsync(renderer.RenderAsync(request, name, cancellationToken), cancellationToken)
            : new Problem(422, "invalid-fields", "Invalid fields", "'name' must be the name of a rendition, such as '512x512.webp', '512x512-fit.jpeg' or 'clean'.");
}
