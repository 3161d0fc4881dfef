using System.Threading.Channels;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Delivery.Renditions;

/// <summary>
/// AVIF copies to be made, one after the other: each takes a second of a processor, which no reader waits for and which must not add up.
/// What is lost of it is asked for again by the next reader.
/// </summary>
internal sealed partial class AvifQueue(IServiceScopeFactory scopes, ILogger<AvifQueue> logger) : BackgroundService
{
    private const int MaxWaiting = 500;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Channel<(Image Image, RenditionName Name)> _wanted = Channel.CreateBounded<(Image, RenditionName)>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Want(Image image, RenditionName name) => _wanted.Writer.TryWrite((image, name));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (image, name) in _wanted.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<RenditionMaker>().TryMakeAsync(image, name, s_patience, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Failed(logger, image.Id, exception.GetBaseException().Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "An AVIF copy of image {ImageId} was not made: {Reason}")]
        public static partial void Failed(ILogger logger, long imageId, string reason);
    }
}
