using BillionHearts.Hosting.ApplicationModel;
using RabbitMQ.Client;

namespace BillionHearts.Hosting.Health;

/// <summary>One AMQP connection, kept: a broker logs and counts every new one.</summary>
internal sealed class RabbitMqProbe(ReferenceExpression uri) : IHealthProbe
{
    private IConnection? _connection;

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (_connection is null or { IsOpen: false })
        {
            await DisposeAsync();
            _connection = await ConnectAsync(cancellationToken);
        }

        // Opening a channel is a round trip to the broker: an open socket alone proves nothing.
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
            _connection = null;
        }
    }

    private async Task<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            Uri = new Uri((await uri.GetValueAsync(cancellationToken))!),
            AutomaticRecoveryEnabled = false,
            ClientProvidedName = "billionhearts-host health check",
            RequestedConnectionTimeout = TimeSpan.FromSeconds(3),
        };

        return await factory.CreateConnectionAsync(cancellationToken);
    }
}
