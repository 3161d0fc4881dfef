using System.Collections.Concurrent;

namespace BillionHearts.Hosting.Tests.Replacement;

/// <summary>Aspire raises events for the process; integrations subscribe to those of the container that they made.</summary>
public sealed class EventRelayTests : IAsyncLifetime
{
    private readonly AppModel _model = new(null);
    private readonly ConcurrentQueue<string> _heard = [];
    private PostgresServerResource _original = null!;
    private PostgresDatabaseResource _database = null!;
    private ContainerResource _nginx = null!;
    private IResource _process = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        var postgres = _model.Builder.AddPostgres("postgres", port: 5433);
        (_original, _database) = (postgres.Resource, postgres.AddDatabase("db").Resource);
        // Without an integration, which would make its databases when it is ready.
        _nginx = _model.Builder.AddContainer("nginx", "nginx").Resource;
        _model.Builder.RunContainersAsProcesses();
        _process = _model.Find("postgres");
        AppModel.Allocate(_process, "tcp", 5433);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _model.DisposeAsync();

    [Fact]
    public async Task A_connection_string_is_announced_for_the_container_and_its_databases()
    {
        Hear<ConnectionStringAvailableEvent>("container", _original);
        Hear<ConnectionStringAvailableEvent>("database", _database);

        await _model.Builder.Eventing.PublishAsync(new ConnectionStringAvailableEvent(_process, _model.Services), Cancel);

        Assert.Equal(["container", "database"], _heard);
    }

    [Fact]
    public async Task A_listener_to_all_resources_gets_no_events_of_the_replaced_container()
    {
        List<IResource> seen = [];
        // As Aspire's orchestrator does, which would throw: the container's name now belongs to the process.
        _model.Builder.Eventing.Subscribe<ConnectionStringAvailableEvent>((@event, _) =>
        {
            seen.Add(@event.Resource);
            return Task.CompletedTask;
        });

        await _model.Builder.Eventing.PublishAsync(new ConnectionStringAvailableEvent(_process, _model.Services), Cancel);

        Assert.DoesNotContain(_original, seen);
        Assert.Contains(_process, seen);
        Assert.Contains(_database, seen);
        // The process, whose events it gets instead of the container's, has no connection string.
        Assert.DoesNotContain(seen.Except([_process, _database]), resource => resource is IResourceWithConnectionString);
    }

    [Fact]
    public async Task The_processs_ready_event_is_published_for_the_container()
    {
        Hear<ResourceReadyEvent>("container", _nginx);

        await _model.Builder.Eventing.PublishAsync(new ResourceReadyEvent(_model.Find("nginx"), _model.Services), Cancel);

        Assert.Equal(["container"], _heard);
    }

    private void Hear<T>(string who, IResource resource) where T : Aspire.Hosting.Eventing.IDistributedApplicationResourceEvent =>
        _model.Builder.Eventing.Subscribe<T>(resource, (_, _) =>
        {
            _heard.Enqueue(who);
            return Task.CompletedTask;
        });
}
