using System.Reflection;
using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.Hosting;

/// <summary>Where an application is described; nothing starts before <see cref="DistributedApplication.Run"/>.</summary>
public interface IDistributedApplicationBuilder
{
    ConfigurationManager Configuration { get; }

    IHostEnvironment Environment { get; }

    IServiceCollection Services { get; }

    DistributedApplicationExecutionContext ExecutionContext { get; }

    IResourceCollection Resources { get; }

    /// <summary>Folder of the AppHost's project.</summary>
    string AppHostDirectory { get; }

    Assembly? AppHostAssembly { get; }

    internal DataFolder Data { get; }

    IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource;

    IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource;

    DistributedApplication Build();
}

public static class DistributedApplicationBuilderExtensions
{
    /// <summary>To change a resource that is in the model already.</summary>
    public static IResourceBuilder<T> CreateResourceBuilder<T>(this IDistributedApplicationBuilder builder, string name)
        where T : IResource
    {
        var resource = builder.Resources.Named(name);

        return resource is T typed
            ? builder.CreateResourceBuilder(typed)
            : throw new DistributedApplicationException($"The resource '{name}' is a {resource.GetType().Name}, not a {typeof(T).Name}.");
    }
}
