using System.Reflection;
using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Testing;

namespace BillionHearts.Hosting.Tests.Running;

/// <summary>A test gets the model of an AppHost by running the AppHost.</summary>
public sealed class EntryPointTests
{
    private static readonly TaskCompletionSource s_returned = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_model_can_be_changed_before_it_runs_and_the_entry_point_returns_when_the_test_is_done()
    {
        var session = Session(nameof(AppHost));
        await using var builder = new TestingBuilder(await session.StartAsync(["--Parameters:colour=red"], Cancel), session);
        builder.CreateResourceBuilder<ContainerResource>("gateway").WithExplicitStart();

        await using (var app = await builder.BuildAsync(Cancel))
        {
            await app.StartAsync(Cancel);
            Assert.True(app.ResourceNotifications.TryGetCurrentState("gateway", out var gateway));
            Assert.Equal("NotStarted", gateway.Snapshot.State?.Text);
            Assert.Equal("red", await app.GetConnectionStringAsync("colour-store", Cancel));
            Assert.InRange(app.GetEndpoint("gateway").Port, 20000, 31999);
            Assert.False(s_returned.Task.IsCompleted);
        }

        await s_returned.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
    }

    [Fact]
    public async Task What_the_entry_point_throws_is_what_the_test_gets()
    {
        var thrown = await Assert.ThrowsAsync<DistributedApplicationException>(() => Session(nameof(Broken)).StartAsync([], Cancel));

        Assert.Equal("broken", thrown.Message);
    }

    [Fact]
    public async Task An_entry_point_that_builds_nothing_is_told_so()
    {
        var thrown = await Assert.ThrowsAsync<DistributedApplicationException>(() => Session(nameof(Empty)).StartAsync([], Cancel));

        Assert.EndsWith("ended without building an application.", thrown.Message, StringComparison.Ordinal);
    }

    private static EntryPointSession Session(string method) =>
        new(typeof(EntryPointTests).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!);

    private static void AppHost(string[] args)
    {
        var builder = DistributedApplication.CreateBuilder(args);
        builder.AddContainer("gateway", "nginx").WithHttpEndpoint(port: 8080, targetPort: 80);
        builder.AddResource(new ColourStore("colour-store", builder.AddParameter("colour").Resource));
        builder.Build().Run();
        s_returned.SetResult();
    }

    private static void Broken(string[] args) => throw new DistributedApplicationException("broken");

    private static void Empty()
    {
    }

    private sealed class ColourStore(string name, ParameterResource colour) : Resource(name), IResourceWithConnectionString
    {
        public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{colour}");
    }
}
