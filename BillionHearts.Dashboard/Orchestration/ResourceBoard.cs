using System.Text.Json;

namespace BillionHearts.Dashboard.Orchestration;

/// <summary>The resources as last heard of. One question a second to the host, however many pages are open.</summary>
internal sealed partial class ResourceBoard(IResourceService service, TimeProvider clock, ILogger<ResourceBoard> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private volatile IReadOnlyList<ResourceSnapshot> _resources = [];
    private volatile bool _isConnected = true;
    private long _version;

    public IReadOnlyList<ResourceSnapshot> Resources => _resources;

    /// <summary>False while the host does not answer: what is shown is then what it said last.</summary>
    public bool IsConnected => _isConnected;

    public long Version => Volatile.Read(ref _version);

    /// <summary>An instance by its id, or the first of those that share a name.</summary>
    public ResourceSnapshot? Find(string? name) =>
        _resources.FirstOrDefault(resource => string.Equals(resource.Id, name, StringComparison.OrdinalIgnoreCase))
        ?? _resources.FirstOrDefault(resource => string.Equals(resource.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>At once, so that a page shows what its own command did.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_patience);

        try
        {
            var resources = await service.ListAsync(limit.Token);
            (_resources, _isConnected) = ([.. resources.OrderBy(resource => resource.Id, StringComparer.OrdinalIgnoreCase)], true);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            if (_isConnected)
            {
                Log.Lost(logger, exception.Message);
            }

            _isConnected = false;
        }

        Interlocked.Increment(ref _version);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, clock);

        do
        {
            await RefreshAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The host does not answer for its resources ({Reason}); asking again every second")]
        public static partial void Lost(ILogger logger, string reason);
    }
}
