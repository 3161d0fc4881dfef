using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using BillionHearts.Contracts;
using BillionHearts.Tests.Distributed;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace BillionHearts.Tests.ServiceDefaults;

/// <summary>A virtual host of its own at the broker of the application under test, with the topology of the system or none yet.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    private static readonly TimeSpan s_declaredWithin = TimeSpan.FromSeconds(30);

    private readonly HttpClient _management;
    private readonly string _virtualHost;
    private readonly IConnection _connection;

    private TestBroker(HttpClient management, string virtualHost, string connectionString, IConnection connection)
    {
        (_management, _virtualHost, ConnectionString, _connection) = (management, virtualHost, connectionString, connection);
    }

    public string ConnectionString { get; }

    public static async Task<TestBroker> CreateAsync(AppHostFixture fixture, CancellationToken cancellationToken)
    {
        var app = await fixture.AppAsync(cancellationToken);
        var server = new Uri(await app.GetConnectionStringAsync("messaging", cancellationToken)
            ?? throw new InvalidOperationException("The AppHost gives no connection string for 'messaging'."));
        var virtualHost = $"test-{Guid.NewGuid():n}";

        var management = new HttpClient { BaseAddress = app.GetEndpoint("messaging", "management") };
        management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(server.UserInfo))));
        using var made = await management.PutAsJsonAsync($"api/vhosts/{virtualHost}", new { }, cancellationToken);
        made.EnsureSuccessStatusCode();

        var connectionString = new UriBuilder(server) { Path = virtualHost }.Uri.ToString();
        var connection = await new ConnectionFactory { Uri = new Uri(connectionString) }.CreateConnectionAsync("test", cancellationToken);

        return new TestBroker(management, virtualHost, connectionString, connection);
    }

    public Task<IChannel> OpenChannelAsync(CancellationToken cancellationToken) => _connection.CreateChannelAsync(cancellationToken: cancellationToken);

    /// <summary>Publishes a message, as soon as a service under test has declared a queue for it.</summary>
    public async Task PublishAsync(string routingKey, Guid id, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        await using var channel = await _connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
        var properties = new BasicProperties { MessageId = id.ToString("D"), DeliveryMode = DeliveryModes.Persistent };

        // At first in the caller's trace, which Eventually leaves.
        if (!await IsRoutedAsync(cancellationToken))
        {
            await Eventually.TrueAsync(IsRoutedAsync, s_declaredWithin, cancellationToken);
        }

        async Task<bool> IsRoutedAsync(CancellationToken cancel)
        {
            try
            {
                await channel.BasicPublishAsync(ImagesExchange.Name, routingKey, mandatory: true, properties, body, cancel);
                return true;
            }
            catch (PublishReturnException)
            {
                return false;
            }
        }
    }

    /// <summary>Takes one message out of a queue, or null when none is ready.</summary>
    public async Task<BasicGetResult?> TakeAsync(string queue, CancellationToken cancellationToken)
    {
        await using var channel = await OpenChannelAsync(cancellationToken);

        return await channel.BasicGetAsync(queue, autoAck: true, cancellationToken);
    }

    public async Task<uint> ReadyAsync(string queue, CancellationToken cancellationToken)
    {
        await using var channel = await OpenChannelAsync(cancellationToken);

        return (await channel.QueueDeclarePassiveAsync(queue, cancellationToken)).MessageCount;
    }

    public async Task DeleteQueueAsync(string queue, CancellationToken cancellationToken)
    {
        await using var channel = await OpenChannelAsync(cancellationToken);
        await channel.QueueDeleteAsync(queue, cancellationToken: cancellationToken);
    }

    /// <summary>Deletes the exchange: the broker closes a channel that publishes to a missing one.</summary>
    public async Task DeleteExchangeAsync(CancellationToken cancellationToken)
    {
        await using var channel = await OpenChannelAsync(cancellationToken);
        await channel.ExchangeDeleteAsync(ImagesExchange.Name, cancellationToken: cancellationToken);
    }

    /// <summary>Limits a queue to so many messages, until disposed.</summary>
    public async Task<IAsyncDisposable> LimitAsync(string queue, int messages, CancellationToken cancellationToken)
    {
        var policy = $"api/policies/{_virtualHost}/limit-{queue}";
        var definition = new Dictionary<string, object>
        {
            ["pattern"] = $"^{queue}$",
            ["apply-to"] = "queues",
            ["definition"] = new Dictionary<string, int> { ["max-length"] = messages },
        };
        using var made = await _management.PutAsJsonAsync(policy, definition, cancellationToken);
        made.EnsureSuccessStatusCode();
        return new Policy(_management, policy);
    }

    /// <summary>Messages of a queue that are ready or not yet acknowledged. The broker counts every few seconds.</summary>
    public async Task<long> UnsettledAsync(string queue, CancellationToken cancellationToken)
    {
        var found = await _management.GetFromJsonAsync<JsonElement>($"api/queues/{_virtualHost}/{queue}", cancellationToken);
        return found.TryGetProperty("messages", out var messages) ? messages.GetInt64() : -1;
    }

    /// <summary>Breaks the connections of this name from the broker's side, as a restart of it would.</summary>
    public async Task BreakAsync(string connectionName, CancellationToken cancellationToken)
    {
        var connections = await Eventually.ReadAsync(
            cancel => ConnectionsAsync(connectionName, cancel), until: found => found.Count > 0, TimeSpan.FromSeconds(30), cancellationToken);

        foreach (var connection in connections)
        {
            using var closed = await _management.DeleteAsync($"api/connections/{Uri.EscapeDataString(connection)}", cancellationToken);
            Assert.True(closed.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotFound);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        using var deleted = await _management.DeleteAsync($"api/vhosts/{_virtualHost}");
        _management.Dispose();
    }

    private async Task<List<string>> ConnectionsAsync(string connectionName, CancellationToken cancellationToken)
    {
        var all = await _management.GetFromJsonAsync<JsonElement>($"api/vhosts/{_virtualHost}/connections", cancellationToken);

        return
        [
            .. all.EnumerateArray()
                .Where(connection => connection.TryGetProperty("user_provided_name", out var name) && name.GetString() == connectionName)
                .Select(connection => connection.GetProperty("name").GetString()!),
        ];
    }

    private sealed class Policy(HttpClient management, string path) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            using var deleted = await management.DeleteAsync(path);
        }
    }
}
