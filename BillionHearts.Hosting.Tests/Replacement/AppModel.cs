using BillionHearts.Hosting.Data;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Hosting.Tests.Replacement;

/// <summary>An AppHost's model that is built and never started: what replacement does is done before.</summary>
internal sealed class AppModel : IAsyncDisposable
{
    private readonly string? _ownFolder;
    private DistributedApplication? _application;
    private bool _isEnded;

    /// <param name="data">Folder of an earlier model; null for one of its own.</param>
    /// <param name="arguments">Over the two that make containers processes and name the folder.</param>
    public AppModel(string? data, params string[] arguments)
    {
        _ownFolder = data is null ? Directory.CreateTempSubdirectory("model-").FullName : null;
        Data = data ?? Path.Combine(_ownFolder!, "data");
        Builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = ["--ContainersAsProcesses=true", $"--{DataFolder.Variable}={Data}", .. arguments],
            AssemblyName = typeof(AppModel).Assembly.GetName().Name,
            DisableDashboard = true,
        });
    }

    public string Data { get; }

    public IDistributedApplicationBuilder Builder { get; }

    public IServiceProvider Services => (_application ??= Builder.Build()).Services;

    public IResource Find(string name) => Builder.Resources.Single(resource => resource.Name == name);

    /// <summary>Gives an endpoint its address, as the orchestrator does when it starts.</summary>
    public static void Allocate(IResource resource, string endpoint, int port)
    {
        var annotation = resource.Annotations.OfType<EndpointAnnotation>().Single(annotation => annotation.Name == endpoint);
        annotation.AllocatedEndpoint = new AllocatedEndpoint(annotation, "localhost", port);
    }

    /// <summary>Ends the run, so that another can have its data.</summary>
    public async Task EndAsync()
    {
        // The data folder is locked by the replacement. Only an application that resolved it, as a start does, releases it.
        Services.GetService<DataFolder>();
        await _application!.DisposeAsync();
        _isEnded = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isEnded)
        {
            await EndAsync();
        }

        if (_ownFolder is not null)
        {
            Directory.Delete(_ownFolder, recursive: true);
        }
    }
}
