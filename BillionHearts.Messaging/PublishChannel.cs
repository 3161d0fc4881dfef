using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace BillionHearts.Messaging;

/// <summary>The single channel for publishing, with its connection. Opened on first use, and reopened when broken.</summary>
internal sealed partial class PublishChannel(IConnectionFactory factory, TimeProvider clock, ILogger<PublishChannel> logger) : IAsyncDisposable
{
    private static readonly TimeSpan s_closeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    // Never a ThrottlingRateLimiter: see MessagePublisher.
    private static readonly CreateChannelOptions s_confirmed = new(
        publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null);

    private readonly SemaphoreSlim _gate = new(1);
    private volatile Link? _link;
    private volatile bool _declared;
    private Exception? _failure;
    private long _failedAt;

    public async ValueTask<IChannel> GetAsync(CancellationToken cancellationToken)
    {
        if (_declared && _link is { Channel: { IsOpen: true } open })
        {
            return open;
        }

        await _gate.WaitAsync(cancellationToken);

        try
        {
            return await EnsureAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Called when a queue is missing. The next caller declares it on a channel of its own, so that messages in flight are not disturbed.</summary>
    public void DeclareAgain() => _declared = false;

    /// <summary>Closes a channel that failed, unless another caller has already replaced it.</summary>
    public async Task DropAsync(IChannel? channel)
    {
        var link = _link;

        if (link is not null && ReferenceEquals(link.Channel, channel) && Interlocked.CompareExchange(ref _link, null, link) == link)
        {
            await CloseAsync(link.Connection);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DropAsync(_link?.Channel);
        _gate.Dispose();
    }

    private async Task<IChannel> EnsureAsync(CancellationToken cancellationToken)
    {
        if (_link is { Channel.IsOpen: true } link)
        {
            if (!_declared)
            {
                await DeclareAsync(link.Connection, cancellationToken);
            }

            return link.Channel;
        }

        // Many callers wait here while the broker is down: one attempt a second serves all of them.
        if (_failure is not null && clock.GetElapsedTime(_failedAt) < s_pause)
        {
            throw new InvalidOperationException(_failure.Message, _failure);
        }

        try
        {
            await DropAsync(_link?.Channel);
            var channel = await OpenAsync(cancellationToken);
            _failure = null;

            return channel;
        }
        catch (Exception exception)
        {
            (_failure, _failedAt) = (exception, clock.GetTimestamp());
            throw;
        }
    }

    private async Task<IChannel> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await factory.CreateConnectionAsync("publish", cancellationToken);

        try
        {
            await DeclareAsync(connection, cancellationToken);
            var channel = await connection.CreateChannelAsync(s_confirmed, cancellationToken);
            _link = new Link(connection, channel);
            Log.Connected(logger);

            return channel;
        }
        catch
        {
            await CloseAsync(connection);
            throw;
        }
    }

    private async Task DeclareAsync(IConnection connection, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await ImagesTopology.DeclareAsync(channel, cancellationToken);
        _declared = true;
    }

    private static async Task CloseAsync(IConnection connection)
    {
        try
        {
            await connection.AbortAsync(s_closeTimeout);
            await connection.DisposeAsync();
        }
        catch (Exception)
        {
            // A failure to close the connection needs no action.
        }
    }

    private sealed record Link(IConnection Connection, IChannel Channel);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Connected to the broker for publishing")]
        public static partial void Connected(ILogger logger);
    }
}
