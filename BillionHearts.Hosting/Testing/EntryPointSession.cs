using System.Reflection;
using BillionHearts.Hosting.Launching;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.Hosting.Testing;

/// <summary>
/// Runs the AppHost's own entry point in this process, up to its Build, so that a test gets the very model that users run:
/// <code>
/// test                         entry point (a thread of its own)
///  CreateAsync ──────────────► CreateBuilder(args), the verbs
///      ◄─────────────────────── Build() waits
///  changes the model
///  BuildAsync ───────────────► Build() goes on
///      ◄─────────────────────── Run() waits until the test disposes the application
/// </code>
/// </summary>
internal sealed class EntryPointSession(MethodInfo? entryPoint)
{
    private static readonly AsyncLocal<EntryPointSession?> s_current = new();

    private readonly TaskCompletionSource<DistributedApplicationBuilder> _builder = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _mayBuild = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _application = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The session whose entry point is calling, or none when a person started the host.</summary>
    public static EntryPointSession? Current
    {
        get => s_current.Value;
        private set => s_current.Value = value;
    }

    public Assembly? AppHostAssembly { get; } = entryPoint?.Module.Assembly;

    public Task Ended => _ended.Task;

    /// <summary>A builder with a test's settings and an empty model.</summary>
    public static DistributedApplicationBuilder CreateEmpty(string[] args)
    {
        Current = new(entryPoint: null);

        try
        {
            return new DistributedApplicationBuilder(args);
        }
        finally
        {
            Current = null;
        }
    }

    public async Task<DistributedApplicationBuilder> StartAsync(string[] args, CancellationToken cancellationToken)
    {
        _ = Task.Factory.StartNew(() => Invoke(entryPoint!, args), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return await _builder.Task.WaitAsync(cancellationToken);
    }

    public async Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _mayBuild.TrySetResult(true);
        return await _application.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Lets the entry point end without having built.</summary>
    public void Abandon() => _mayBuild.TrySetResult(false);

    public void Configure(DistributedApplicationOptions options, HostApplicationBuilderSettings settings, string appHostDirectory)
    {
        options.DisableDashboard = true;
        var profile = AppHostAssembly is null ? null : LaunchProfile.First(appHostDirectory);
        var variables = profile?.EnvironmentVariables ?? new Dictionary<string, string>();

        settings.Configuration = new ConfigurationManager();
        settings.Configuration.AddInMemoryCollection(
        [
            .. variables.Where(variable => !IsOfDashboard(variable.Key)).Select(variable => KeyValuePair.Create(variable.Key, (string?)variable.Value)),
            new("DcpPublisher:RandomizePorts", "true"),
        ]);

        if (Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") is null)
        {
            var given = new ConfigurationBuilder().AddCommandLine(options.Args ?? []).Build()[HostDefaults.EnvironmentKey];
            settings.EnvironmentName = given ?? variables.GetValueOrDefault("DOTNET_ENVIRONMENT") ?? Environments.Development;
        }
    }

    public void OnBuilding(DistributedApplicationBuilder builder)
    {
        if (AppHostAssembly is null)
        {
            return;
        }

        _builder.TrySetResult(builder);

        if (!_mayBuild.Task.GetAwaiter().GetResult())
        {
            throw new OperationCanceledException("The test disposed the builder without building.");
        }
    }

    public void OnBuilt(DistributedApplication application) => _application.TrySetResult(application);

    public void OnEnded() => _ended.TrySetResult();

    // A test's telemetry must not appear in the dashboard that a developer has open.
    private static bool IsOfDashboard(string variable) =>
        variable.Contains("DASHBOARD", StringComparison.Ordinal) || variable.EndsWith("_URLS", StringComparison.Ordinal);

    private void Invoke(MethodInfo method, string[] args)
    {
        Current = this;

        try
        {
            method.Invoke(null, method.GetParameters().Length is 0 ? null : [args]);
            Fail(new DistributedApplicationException($"The entry point of '{AppHostAssembly!.GetName().Name}' ended without building an application."));
        }
        catch (TargetInvocationException exception)
        {
            Fail(exception.InnerException ?? exception);
        }
    }

    private void Fail(Exception exception)
    {
        _builder.TrySetException(exception);
        _application.TrySetException(exception);

        // Looked at here, since nobody else may ever await them.
        _ = (_builder.Task.Exception, _application.Task.Exception);
    }
}
