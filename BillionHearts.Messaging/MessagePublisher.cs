using BillionHearts.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace BillionHearts.Messaging;

/// <summary>
/// Publishes persistent, mandatory messages to the exchange <c>images</c> and waits for the broker's confirm. Connects on first
/// use, and reconnects after a failure. Thread-safe; up to 128 messages are in flight at once.
/// </summary>
public sealed class MessagePublisher : IAsyncDisposable
{
    // More outstanding confirms give no more throughput (measured), and the client's own limiter delays by up to a second.
    private const int MaxOutstanding = 128;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _outstanding = new(MaxOutstanding);
    private readonly PublishChannel _channel;
    private readonly MessagingTelemetry _telemetry;
    private readonly TimeProvider _clock;

    internal MessagePublisher(PublishChannel channel, MessagingTelemetry telemetry, TimeProvider clock) =>
        (_channel, _telemetry, _clock) = (channel, telemetry, clock);

    /// <summary>Returns once the broker has the message on disk in a queue.</summary>
    /// <exception cref="MessageNotConfirmedException">The broker did not confirm within 5 s, refused the message, or cannot be reached.</exception>
    public Task PublishAsync(string routingKey, Guid messageId, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        PublishAsync(routingKey, messageId.ToString("D"), headers: null, body, cancellationToken);

    /// <inheritdoc cref="PublishAsync(string, Guid, ReadOnlyMemory{byte}, CancellationToken)"/>
    /// <param name="messageId">At most 255 bytes of UTF-8.</param>
    /// <param name="headers">Texts, whole numbers and booleans. The client adds the trace.</param>
    public async Task PublishAsync(
        string routingKey, string messageId, IDictionary<string, object?>? headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        await _outstanding.WaitAsync(cancellationToken);

        try
        {
            await PublishWithinAsync(s_timeout, routingKey, Properties(messageId, headers), body, cancellationToken);
            _telemetry.Published(routingKey, error: null);
        }
        catch (MessageNotConfirmedException exception)
        {
            _telemetry.Published(routingKey, exception);
            throw;
        }
        finally
        {
            _outstanding.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        _outstanding.Dispose();
    }

    private async Task PublishWithinAsync(
        TimeSpan timeout, string routingKey, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        IChannel? channel = null;

        try
        {
            channel = await _channel.GetAsync(either.Token);
            await channel.BasicPublishAsync(ImagesExchange.Name, routingKey, mandatory: true, properties, body, either.Token);
        }
        catch (PublishException exception) when (!exception.IsReturn)
        {
            throw new MessageNotConfirmedException($"The broker refused message {properties.MessageId}: a queue is full.", exception);
        }
        catch (PublishException exception)
        {
            _channel.DeclareAgain();
            throw new MessageNotConfirmedException($"The broker has no queue for message {properties.MessageId} with key '{routingKey}'.", exception);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            await _channel.DropAsync(channel);
            throw new MessageNotConfirmedException(
                limit.IsCancellationRequested
                    ? $"The broker did not confirm message {properties.MessageId} within {timeout.TotalSeconds} s."
                    : $"Message {properties.MessageId} could not be published: {exception.Message}",
                exception);
        }
    }

    private BasicProperties Properties(string messageId, IDictionary<string, object?>? headers) => new()
    {
        MessageId = messageId,
        Headers = headers,
        ContentType = "application/json",
        DeliveryMode = DeliveryModes.Persistent,
        Timestamp = new AmqpTimestamp(_clock.GetUtcNow().ToUnixTimeSeconds()),
    };
}
