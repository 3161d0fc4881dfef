using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace BillionHearts.Hosting.Tests.Servers;

public sealed class RabbitMqServerTests : IAsyncDisposable
{
    private readonly NativeServer _server = Containers.RabbitMq();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Confirmed_messages_survive_a_stop_and_a_kill()
    {
        await StartAsync(_server);
        await PublishAsync("one");

        // The stop comes first: RabbitMQ saves which queues a node has every half second, so a kill right after the first
        // declaration leaves a queue that nobody leads.
        Assert.Equal(0, await _server.StopAsync());
        await StartAsync(_server);
        // Until the queue has elected its leader again, the broker rejects what it cannot keep.
        await Eventually.TrueAsync(_ => TryPublishAsync("two"), TimeSpan.FromSeconds(30), Cancel);

        await _server.KillAsync();
        await StartAsync(_server);
        Assert.Equal(["one", "two"], await ConsumeAsync());
    }

    [Fact]
    public async Task RabbitMQ_serves_management_on_its_endpoint_and_two_run_side_by_side()
    {
        await using var other = Containers.RabbitMq();
        var managementPort = BillionHearts.Hosting.Servers.LoopbackPorts.Take();
        other.WithEndpoint(15672, managementPort);
        await Task.WhenAll(StartAsync(_server), StartAsync(other));
        await PublishAsync("here");

        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{managementPort}") };
        http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("photos:s3cret")));
        var queues = await Eventually.ReadAsync(
            async cancel =>
            {
                using var answer = await http.GetAsync(new Uri("/api/queues", UriKind.Relative), cancel);
                return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonElement[]>(cancel) : null;
            },
            until: found => found is not null,
            TimeSpan.FromSeconds(30),
            Cancel);

        Assert.Empty(queues!);
        Assert.Equal(0, await other.StopAsync());
    }

    [Fact]
    public async Task RabbitMQ_starts_no_port_mapper_itself_and_ends_with_its_companion()
    {
        await StartAsync(_server);
        var port = MapperPort();
        var before = MappersOf(port);

        Assert.Equal(0, await _server.StopAsync());

        Assert.Single(before);
        Assert.Empty(MappersOf(port));
    }

    [Fact]
    public async Task A_password_that_does_not_match_the_data_is_one_sentence()
    {
        // This file is written long before the server is ready.
        await _server.StartAsync(() => Task.FromResult(File.ReadAllText(Path.Combine(_server.Folder, "volume/billionhearts.seal"))));
        await _server.Program.DisposeAsync();
        _server.With("RABBITMQ_DEFAULT_PASS", "other");

        var refusal = await _server.RefusalAsync();

        Assert.StartsWith(
            $"Resource 'it' cannot start: the data in '{_server.Folder}/volume' was created with another user or password, and RabbitMQ keeps those. "
            + $"The generated password is 'it-password' in '{_server.Folder}/secrets.json'",
            refusal,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RABBITMQ_ERLANG_COOKIE", "x", "as a native process it does not support the variable RABBITMQ_ERLANG_COOKIE")]
    [InlineData("RABBITMQ_DEFAULT_PASS", "a'b", "RABBITMQ_DEFAULT_PASS must not contain quotes")]
    public async Task A_setting_that_cannot_be_honoured_is_one_sentence(string variable, string value, string sentence)
    {
        _server.With(variable, value);

        var refusal = await _server.RefusalAsync();

        Assert.StartsWith($"Resource 'it' cannot start: {sentence}", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mount_without_use_is_one_sentence()
    {
        _server.WithVolume("/etc/rabbitmq/rabbitmq.conf");

        var refusal = await _server.RefusalAsync();

        Assert.Equal(
            "Resource 'it' cannot start: as a native process it does not support a mount at '/etc/rabbitmq/rabbitmq.conf', only at /var/lib/rabbitmq.",
            refusal);
    }

    private string MapperPort()
    {
        const string name = "ERL_EPMD_PORT=";
        return ProcessTable.EnvironmentOf(_server.Program.ServerId).Single(variable => variable.StartsWith(name, StringComparison.Ordinal))[name.Length..];
    }

    /// <summary>Every epmd of this broker: ours has the port in its arguments, one that Erlang started in its environment.</summary>
    private static int[] MappersOf(string port) =>
    [
        .. ProcessTable.All().Select(process => process.Id).Where(id => ProcessTable.ProgramOf(id) is "epmd"
            && (ProcessTable.CommandOf(id).Contains(port, StringComparison.Ordinal)
                || ProcessTable.EnvironmentOf(id).Contains($"ERL_EPMD_PORT={port}"))),
    ];

    private static Task StartAsync(NativeServer server) => server.StartAsync(async () =>
    {
        await using var connection = await ConnectAsync(server);
    });

    private static Task<IConnection> ConnectAsync(NativeServer server) =>
        new ConnectionFactory { HostName = "127.0.0.1", Port = server.Port, UserName = "photos", Password = "s3cret" }.CreateConnectionAsync(Cancel);

    private async Task PublishAsync(string text)
    {
        await using var connection = await ConnectAsync(_server);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Cancel);
        await DeclareAsync(channel);
        await channel.BasicPublishAsync(
            "", "q", mandatory: true, new BasicProperties { DeliveryMode = DeliveryModes.Persistent }, Encoding.UTF8.GetBytes(text), Cancel);
    }

    private async Task<bool> TryPublishAsync(string text)
    {
        try
        {
            await PublishAsync(text);
            return true;
        }
        catch (PublishException)
        {
            return false;
        }
    }

    private async Task<List<string>> ConsumeAsync()
    {
        await using var connection = await ConnectAsync(_server);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        await DeclareAsync(channel);
        List<string> texts = [];

        // A quorum queue elects its leader first; until then it is declared and empty.
        return await Eventually.ReadAsync(
            async cancel =>
            {
                if (await channel.BasicGetAsync("q", autoAck: true, cancel) is { } message)
                {
                    texts.Add(Encoding.UTF8.GetString(message.Body.Span));
                }

                return texts;
            },
            until: read => read.Count is 2,
            TimeSpan.FromSeconds(30),
            Cancel);
    }

    private static Task<QueueDeclareOk> DeclareAsync(IChannel channel) => channel.QueueDeclareAsync(
        "q", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: Cancel);
}
