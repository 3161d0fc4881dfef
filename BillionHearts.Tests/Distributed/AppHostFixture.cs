using System.Runtime.ExceptionServices;
using BillionHearts.Tests.Distributed;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(AppHostFixture))]

namespace BillionHearts.Tests.Distributed;

/// <summary>The whole topology, started once for all distributed tests: real servers, real processes, free ports.</summary>
public sealed class AppHostFixture : IAsyncLifetime
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private DistributedApplication? _app;
    private ExceptionDispatchInfo? _startFault;

    /// <summary>The running application. The first test that asks starts it, so that a run of unit tests alone starts nothing.</summary>
    public async Task<DistributedApplication> AppAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            // A start that failed once would fail again for each of hundreds of tests, after minutes each.
            _startFault?.Throw();
            return _app ??= await StartAsync([], cancellationToken);
        }
        catch (Exception exception) when (_startFault is null && !cancellationToken.IsCancellationRequested)
        {
            _startFault = ExceptionDispatchInfo.Capture(exception);
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A client of the gateway, where every user of the system comes in.</summary>
    public async Task<ImagesClient> ClientAsync(CancellationToken cancellationToken) =>
        new((await AppAsync(cancellationToken)).CreateHttpClient("gateway", "http"));

    /// <summary>Starts a topology of its own and waits until the gateway answers.</summary>
    internal static async Task<DistributedApplication> StartAsync(string[] args, CancellationToken cancellationToken)
    {
        // What resources write to their consoles, and each request of a test, would bury the tests' own output.
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.BillionHearts_AppHost>(
            [.. args, "--Logging:LogLevel:Default=None"], cancellationToken);
        var app = await builder.BuildAsync(cancellationToken).WaitAsync(s_startLimit, cancellationToken);

        try
        {
            await app.StartAsync(cancellationToken).WaitAsync(s_startLimit, cancellationToken);

            // Every replica of every service. A migration has no health check.
            var services = app.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<ProjectResource>()
                .Where(project => project.Annotations.OfType<HealthCheckAnnotation>().Any())
                .Select(project => project.Name);

            foreach (var resource in services.Append("gateway"))
            {
                await app.ResourceNotifications.WaitForResourceHealthyAsync(resource, cancellationToken).WaitAsync(s_startLimit, cancellationToken);
            }

            return app;
        }
        catch
        {
            // Its servers would go on beside all tests that follow.
            await app.DisposeAsync();
            throw;
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _gate.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }
}
