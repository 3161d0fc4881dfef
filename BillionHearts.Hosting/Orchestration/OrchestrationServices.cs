using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Dashboard;
using BillionHearts.Hosting.Launching;
using BillionHearts.Hosting.Ports;
using BillionHearts.Hosting.ResourceService;
using BillionHearts.Hosting.Terminal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BillionHearts.Hosting.Orchestration;

internal static class OrchestrationServices
{
    public static void AddOrchestration(this IServiceCollection services, HostSettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(settings);
        services.AddSingleton<PortReservations>();
        services.AddSingleton<OrchestratorScope>();
        services.AddSingleton<ValueResolver>();
        services.AddSingleton<ProjectEnvironment>();
        services.AddSingleton<ProjectLauncher>();
        services.AddSingleton<ContainerLauncher>();
        services.AddSingleton<RunnerRegistry>();
        services.AddSingleton<RunnerFactory>();
        services.AddSingleton(provider => new ResourceNotificationService(provider.GetRequiredService<DistributedApplicationModel>())
        {
            DefaultWaitBehavior = settings.IsTest ? WaitBehavior.StopOnResourceUnavailable : WaitBehavior.WaitOnResourceUnavailable,
        });
        services.AddSingleton(provider => new ResourceCommandService(
            provider.GetRequiredService<DistributedApplicationModel>(), provider.GetRequiredService<RunnerRegistry>(), provider));
        services.AddSingleton(provider => new ResourceLoggerService(provider.GetRequiredService<RunnerRegistry>()));
        services.AddSingleton<ResourceServiceEndpoints>();
        services.AddSingleton<ResourceServiceServer>();
        services.AddSingleton<DashboardPlan>();
        services.AddSingleton<DashboardHost>();

        // In this order: a port that is taken is told before anything starts, and the last to be stopped show the rest.
        services.AddHostedService(provider => provider.GetRequiredService<DashboardHost>());
        services.AddHostedService<TerminalReporter>();
        services.AddHostedService<Orchestrator>();
    }
}
