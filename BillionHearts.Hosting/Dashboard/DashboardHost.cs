using BillionHearts.Hosting.Data;
using BillionHearts.Hosting.Logs;
using BillionHearts.Hosting.Orchestration;
using BillionHearts.Hosting.Processes;
using BillionHearts.Hosting.ResourceService;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.Hosting.Dashboard;

/// <summary>
/// Keeps the dashboard running beside the resources: it shows them, and is none of them. It is started first and stopped
/// last, so that it hears how the others start and end.
/// </summary>
internal sealed class DashboardHost(
    OrchestratorScope scope, DashboardPlan plan, ResourceServiceServer resourceService) : IHostedService, IAsyncDisposable
{
    // It holds nothing that has to be saved.
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(0.3);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ResourceLog? _log;
    private bool _isDisposed;
    private Task _supervision = Task.CompletedTask;

    /// <summary>Null when there is none.</summary>
    public DashboardConnection? Connection { get; private set; }

    /// <summary>Completes once its pages answer.</summary>
    public Task Up => _up.Task;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (scope.Settings.DashboardPath is not { } assembly || scope.Execution.IsPublishMode)
        {
            return;
        }

        // Before the data folder is opened: of two hosts, the second is told which port they share.
        var connection = await plan.SettleAsync(cancellationToken);
        await resourceService.StartAsync(connection.ResourceService.Port, connection.ResourceServiceApiKey, cancellationToken);

        Connection = connection;
        _log = new(scope.Clock, Path.Combine(scope.Data.Folder("logs"), "dashboard.log"));
        _supervision = Task.Run(() => SuperviseAsync(ProcessOf(assembly, connection), _stopping.Token), CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _supervision;
        await resourceService.StopAsync();
    }

    // Registered twice, as itself and as a hosted service, so it is disposed of twice.
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await StopAsync(CancellationToken.None);
        await resourceService.DisposeAsync();
        _log?.Dispose();
        _stopping.Dispose();
    }

    private async Task SuperviseAsync(ProcessSpec spec, CancellationToken stopping)
    {
        var backoff = new RestartBackoff();

        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var start = scope.Clock.GetTimestamp();
                var exitCode = await RunOnceAsync(spec, stopping);
                var pause = backoff.Next(scope.Clock.GetElapsedTime(start));
                await Console.Error.WriteLineAsync(
                    $"The dashboard ended with exit code {exitCode} and starts again in {pause.TotalSeconds:0.#} s: {LastWords()}");
                await Task.Delay(pause, scope.Clock, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (DistributedApplicationException exception)
            {
                // Everything else runs without it.
                await Console.Error.WriteLineAsync($"No dashboard: {exception.Message}");
                return;
            }
        }
    }

    private async Task<int> RunOnceAsync(ProcessSpec spec, CancellationToken stopping)
    {
        await using var process = await ChildProcess.StartAsync(spec, _log!.Append, stopping);

        if (await LoopbackPort.AcceptsAsync(Connection!.Frontend.Port, process.Exited, stopping))
        {
            _up.TrySetResult();
        }

        return await process.Exited.WaitAsync(stopping);
    }

    private string LastWords() => _log!.Read() is [.., var last] ? last.Text : "it said nothing";

    private static ProcessSpec ProcessOf(string assembly, DashboardConnection connection)
    {
        var program = Path.ChangeExtension(assembly, null);

        return new()
        {
            FileName = program,
            WorkingDirectory = Path.GetDirectoryName(program)!,
            StopTimeout = s_stopTimeout,
            Environment = new Dictionary<string, string>
            {
                ["DOTNET_ROOT"] = Executables.DotnetRoot,
                ["ASPNETCORE_URLS"] = Text(connection.Frontend),
                ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Text(connection.OtlpGrpc),
                ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = Text(connection.OtlpHttp),
                ["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = Text(connection.ResourceService),
                ["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = connection.ResourceServiceApiKey,
                ["DASHBOARD__FRONTEND__BROWSERTOKEN"] = connection.BrowserToken,
                ["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey",
                ["DASHBOARD__OTLP__PRIMARYAPIKEY"] = connection.OtlpApiKey,
            },
        };

        static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);
    }
}
