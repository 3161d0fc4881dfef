using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Data;
using BillionHearts.Hosting.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.Hosting.Orchestration;

/// <summary>Starts the model as a whole, and ends it as a whole.</summary>
internal sealed class Orchestrator(
    DistributedApplicationModel model, RunnerFactory factory, RunnerRegistry registry, IConfiguration configuration, OrchestratorScope scope)
    : IHostedService, IAsyncDisposable
{
    // Ctrl-C promises ten seconds. A broker with its management plugin takes six of them, so what stops before it gets three.
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan s_projectStopLimit = TimeSpan.FromSeconds(3);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (scope.Execution.IsPublishMode)
        {
            throw new DistributedApplicationException(
                "This host runs the application and publishes nothing: build with -p:AspireSource=packages to publish with Aspire.");
        }

        ModelCheck.Require([.. model.Resources]);
        scope.Data.Open();
        var isRandomized = configuration.GetValue<bool>("DcpPublisher:RandomizePorts");
        await new EndpointAllocator(scope.Ports, isRandomized, scope.Clock).AllocateAsync([.. model.Resources], cancellationToken);

        registry.Fill(factory.CreateAll());

        foreach (var runner in registry.All.Where(runner => !runner.Resource.Has<ExplicitStartupAnnotation>()))
        {
            await runner.StartCommandAsync();
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var projectDeadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        projectDeadline.CancelAfter(s_projectStopLimit);
        // A test's data goes with it: nothing is lost when its servers are not asked twice.
        deadline.CancelAfter(scope.Settings.IsTest ? s_projectStopLimit : s_stopLimit);

        await StopOrder.RunAsync(
            [.. model.Resources],
            resource => Task.WhenAll(registry.Of(resource).Select(runner =>
                runner.ShutDownAsync(resource is ProjectResource ? projectDeadline.Token : deadline.Token))));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var runner in registry.All)
        {
            await runner.DisposeAsync();
            runner.Instance.Log.Dispose();
        }

        scope.Ports.Dispose();
    }
}

/// <summary>What belongs to one run as a whole.</summary>
internal sealed record OrchestratorScope(
    HostSettings Settings, DistributedApplicationExecutionContext Execution, DataFolder Data, PortReservations Ports, TimeProvider Clock);
