using System.Runtime.InteropServices;
using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Data;
using BillionHearts.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.Hosting;

/// <summary>A described application that can be started and stopped as a whole.</summary>
public class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;
    private readonly EntryPointSession? _session;
    private int _disposed;

    internal DistributedApplication(IHost host, EntryPointSession? session)
    {
        _host = host;
        _session = session;
    }

    public IServiceProvider Services => _host.Services;

    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new DistributedApplicationBuilder(args);

    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) => new DistributedApplicationBuilder(options);

    public virtual Task StartAsync(CancellationToken cancellationToken = default) => _host.StartAsync(cancellationToken);

    public virtual Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Runs until Ctrl-C. A mistake that one sentence can put right is printed as that, with exit code 1.</summary>
    public virtual async Task RunAsync(CancellationToken cancellationToken = default)
    {
        if (_session is not null)
        {
            // The test starts and stops it; the entry point has done its part.
            await _session.Ended;
            return;
        }

        var lifetime = Services.GetRequiredService<IHostApplicationLifetime>();
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            lifetime.StopApplication();
        });

        try
        {
            await _host.StartAsync(cancellationToken);
            await _host.WaitForShutdownAsync(cancellationToken);
        }
        catch (DistributedApplicationException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            Environment.ExitCode = 1;
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C before everything was started.
        }
        finally
        {
            await DisposeAsync();
        }
    }

    public virtual void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) is 1)
        {
            return;
        }

        var data = Services.GetRequiredService<DataFolder>();

        try
        {
            await _host.StopAsync();
        }
        finally
        {
            await ((IAsyncDisposable)_host).DisposeAsync();
            data.Dispose();
            _session?.OnEnded();
            GC.SuppressFinalize(this);
        }
    }
}
