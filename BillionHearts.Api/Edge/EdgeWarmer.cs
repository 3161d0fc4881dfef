using System.Threading.Channels;
using BillionHearts.Api.Images;
using Microsoft.Extensions.Options;
using OpenTelemetry;

namespace BillionHearts.Api.Edge;

/// <summary>Pulls renditions into every gateway as soon as they are made. A service to readers, and no promise: what is lost of it costs a miss.</summary>
internal sealed partial class EdgeWarmer(ImageReads images, EdgeClient edge, IOptions<EdgeOptions> options, ILogger<EdgeWarmer> logger) : BackgroundService
{
    private const int MaxWaiting = 1000;

    private readonly Channel<long> _analyzed = Channel.CreateBounded<long>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Has the image's renditions pulled, where that is wanted.</summary>
    public void Warm(long imageId)
    {
        if (options.Value.Warm)
        {
            _analyzed.Writer.TryWrite(imageId);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var quiet = SuppressInstrumentationScope.Begin();

        await foreach (var id in _analyzed.Reader.ReadAllAsync(stoppingToken))
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
        [LoggerMessage(LogLevel.Warning, "The renditions of image {ImageId} were not pulled into the gateways: {Reason}")]
        public static partial void Failed(ILogger logger, long imageId, string reason);
    }
}
