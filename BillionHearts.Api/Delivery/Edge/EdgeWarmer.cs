using BillionHearts.Api.Images;
using BillionHearts.Api.Pipeline.Results;
using Microsoft.Extensions.Options;
using OpenTelemetry;

namespace BillionHearts.Api.Delivery.Edge;

/// <summary>Loads renditions into every gateway's cache as soon as they are made. Best effort: if a rendition is not loaded, its first request is a cache miss.</summary>
internal sealed partial class EdgeWarmer(AnalyzedImages analyzed, ImageReads images, EdgeClient edge, IOptions<EdgeOptions> options, ILogger<EdgeWarmer> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var quiet = SuppressInstrumentationScope.Begin();

        if (!options.Value.Warm)
        {
            return;
        }

        await foreach (var id in analyzed.ReadAllAsync(stoppingToken))
        {
            try
            {
                if (await images.FindAsync(id, stoppingToken) is { MediaKey: { } key } image)
                {
                    foreach (var rendition in image.Renditions)
                    {
                        await edge.WarmAsync(new EdgeAddress(key, rendition.Name), stoppingToken);
                    }
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Failed(logger, id, exception.GetBaseException().Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The renditions of image {ImageId} were not loaded into the gateways: {Reason}")]
        public static partial void Failed(ILogger logger, long imageId, string reason);
    }
}
