using System.Reflection;
using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Data;
using BillionHearts.Hosting.Orchestration;
using BillionHearts.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BillionHearts.Hosting;

public sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly DistributedApplicationOptions _options;
    private readonly EntryPointSession? _session = EntryPointSession.Current;
    private readonly ResourceCollection _resources = [];
    private readonly DataFolder _data;

    public DistributedApplicationBuilder(string[] args)
        : this(new DistributedApplicationOptions { Args = args })
    {
    }

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        _options = options;
        AppHostAssembly = _session?.AppHostAssembly
            ?? (options.AssemblyName is null ? Assembly.GetEntryAssembly() : Assembly.Load(options.AssemblyName));
        AppHostDirectory = Metadata("apphostprojectpath") ?? Directory.GetCurrentDirectory();

        var settings = new HostApplicationBuilderSettings
        {
            Args = options.Args,
            ApplicationName = AppHostAssembly?.GetName().Name,
            ContentRootPath = AppHostDirectory,
        };

        _session?.Configure(options, settings, AppHostDirectory);
        _host = new HostApplicationBuilder(settings);
        _host.Logging.ClearProviders();
        ExecutionContext = new(IsPublishing() ? DistributedApplicationOperation.Publish : DistributedApplicationOperation.Run);
        _data = _session is null
            ? DataFolder.Lasting(AppHostAssembly?.GetName().Name ?? "apphost", AppHostDirectory)
            : DataFolder.Temporary();
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IResourceCollection Resources => _resources;

    public string AppHostDirectory { get; }

    public Assembly? AppHostAssembly { get; }

    DataFolder IDistributedApplicationBuilder.Data => _data;

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        _resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        _session?.OnBuilding(this);

        Services.AddSingleton(_data);
        Services.AddSingleton(new DistributedApplicationModel(_resources));
        Services.AddSingleton(ExecutionContext);
        Services.AddOrchestration(new HostSettings
        {
            AppHostName = AppHostAssembly?.GetName().Name ?? "apphost",
            NativeToolsPath = Metadata("nativetoolspath") ?? Path.Combine(AppHostDirectory, "..", "artifacts", "native"),
            IsTest = _session is not null,
            DashboardPath = _session is null && !_options.DisableDashboard ? Metadata("dashboardpath") : null,
        });

        var application = new DistributedApplication(_host.Build(), _session);
        _session?.OnBuilt(application);
        return application;
    }

    private string? Metadata(string key) => AppHostAssembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(attribute => string.Equals(attribute.Key, key, StringComparison.OrdinalIgnoreCase))?.Value;

    private bool IsPublishing() =>
        Configuration["publisher"] is { Length: > 0 } || string.Equals(Configuration["operation"], "publish", StringComparison.OrdinalIgnoreCase);
}
