using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Testing;

namespace BillionHearts.Hosting.Tests.Running;

/// <summary>Mistakes that are told before anything starts, each in one sentence that says what to do.</summary>
public sealed class StartRefusalTests : IAsyncDisposable
{
    private readonly ScriptApplication _scripts = new();

    [Fact]
    public async Task An_image_that_has_no_native_server()
    {
        _scripts.Builder.AddContainer("cache", "redis", "8");

        await RefusedAsync("The image 'redis:8' of 'cache' cannot run without a container engine; only postgres, rabbitmq, azure-storage/azurite, nginx can. ");
    }

    [Fact]
    public async Task A_project_that_is_not_built()
    {
        var project = _scripts.Add("api", "exit 0").Resource.Annotations.OfType<IProjectMetadata>().Single();
        File.Delete(project.AssemblyPath);

        await RefusedAsync($"The project 'api' is not built: '{project.AssemblyPath}' does not exist.");
    }

    [Fact]
    public async Task A_parameter_without_a_value()
    {
        _scripts.Builder.AddParameter("signing-key", secret: true);

        await RefusedAsync("The parameter 'signing-key' has no value: ");
    }

    [Fact]
    public async Task A_connection_string_that_nobody_set()
    {
        _scripts.Builder.AddConnectionString("elsewhere");

        await RefusedAsync("The connection string 'elsewhere' is not set: ");
    }

    [Fact]
    public async Task A_mount_of_nothing()
    {
        _scripts.Builder.AddContainer("gateway", "nginx").WithBindMount("/no/such/folder", "/etc/nginx/templates");

        await RefusedAsync("'gateway' mounts '/no/such/folder', which does not exist.");
    }

    [Fact]
    public async Task A_replica_with_the_name_of_another_resource()
    {
        _scripts.Add("api", "exit 0").WithReplicas(2);
        _scripts.Add("api-2", "exit 0");

        await RefusedAsync("'api-2' is the name of a resource and of another one's replica");
    }

    [Fact]
    public async Task Publishing()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create("--publisher", "manifest");
        await using var app = await builder.BuildAsync(TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("AspireSource=packages", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_that_does_not_exist_is_not_waited_for()
    {
        _scripts.Add("api", "exit 0");
        await _scripts.StartAsync();

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => _scripts.App.ResourceNotifications.WaitForResourceHealthyAsync("apy", TestContext.Current.CancellationToken));
        Assert.Equal("There is no resource 'apy'; there are 'api'.", refused.Message);
    }

    public ValueTask DisposeAsync() => _scripts.DisposeAsync();

    private async Task RefusedAsync(string beginning)
    {
        var started = _scripts.Add("innocent", "exec sleep 600");

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(_scripts.StartAsync);
        Assert.StartsWith(beginning, refused.Message, StringComparison.Ordinal);
        Assert.False(_scripts.App.ResourceNotifications.TryGetCurrentState(started.Resource.Name, out _));
    }
}
