using RabbitMQ.Client;

namespace BillionHearts.Messaging;

/// <summary>Handles the messages of one queue. Resolved anew, in a scope of its own, for each attempt.</summary>
public interface IMessageHandler
{
    /// <summary>
    /// Handles one message. It may be delivered again after any outcome but a seen <see cref="Settlement.Ack"/>, so what
    /// this does must be safe to repeat.
    /// </summary>
    /// <remarks>
    /// An exception that tells of an outage (a transient database error, a refused connection, a timeout) makes the consumer
    /// hold the message and call again until the outage ends. Any other exception is a <see cref="Settlement.Requeue"/>.
    /// </remarks>
    /// <param name="properties">Properties of the message; <c>Headers</c> may be null.</param>
    /// <param name="body">A copy: valid for as long as the handler likes.</param>
    /// <param name="cancellationToken">Cancelled when the service's time to finish is up, or the broker has taken the message back.</param>
    Task<Settlement> HandleAsync(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}
