using RabbitMQ.Client;

namespace BillionHearts.Messaging;

/// <summary>Handles the messages of one queue. Each attempt resolves a new instance in its own scope.</summary>
public interface IMessageHandler
{
    /// <summary>
    /// Handles one message. It is delivered again unless the broker receives a <see cref="Settlement.Ack"/>, so handling it
    /// must be safe to repeat.
    /// </summary>
    /// <remarks>
    /// After an exception caused by an outage (a transient database error, a refused connection, a timeout) the consumer holds
    /// the message and retries until the outage ends. Any other exception is a <see cref="Settlement.Requeue"/>.
    /// </remarks>
    /// <param name="properties">Properties of the message; <c>Headers</c> may be null.</param>
    /// <param name="body">A copy, which the handler may keep.</param>
    /// <param name="cancellationToken">Cancelled when the drain timeout has passed, or when the session has ended and the broker delivers the message again.</param>
    Task<Settlement> HandleAsync(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}
