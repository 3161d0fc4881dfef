using System.Threading.Channels;
using BillionHearts.Api.Delivery.Media;
using BillionHearts.Contracts;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Delivery.Renditions;

/// <summary>
/// Makes AVIF renditions, one at a time: each takes a second of CPU time, so readers do not wait for it and only one runs at once.
/// If a rendition is lost, the next request for it adds it again.
/// </summary>
internal sealed partial class AvifQueue(IServiceScopeFactory scopes, IOptions<RenditionOptions> options, ILogger<AvifQueue> logger) : BackgroundService
{
    private const int MaxWaiting = 500;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Channel<(MediaImage Image, RenditionName Name)> _wanted = Channel.CreateBounded<(MediaImage, RenditionName)>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Add(MediaImage image, RenditionName name) => _wanted.Writer.TryWrite((image, name));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (image, name) in _wanted.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await MakeAsync(image, name, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Failed(logger, image.Id, exception.GetBaseException().Message);
            }
        }
    }

    private async Task MakeAsync(MediaImage image, RenditionName name, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var store = scope.ServiceProvider.GetRequiredService<RenditionStore>();

        if (await store.ClaimAsync(image.MediaKey, $"{name}", RenditionOrders.Lease(s_patience), options.Value.MaxPerImage, cancellationToken) is { IsOurs: true })
        {
            await scope.ServiceProvider.GetRequiredService<RenditionOrders>().MakeAsync(image, name, s_patience, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "An AVIF rendition of image {ImageId} was not made: {Reason}")]
        public static partial void Failed(ILogger logger, long imageId, string reason);
    }
}
