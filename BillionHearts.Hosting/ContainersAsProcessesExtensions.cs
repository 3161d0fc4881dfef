using BillionHearts.Hosting.Data;
using BillionHearts.Hosting.Replacement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BillionHearts.Hosting;

/// <summary>Containers as child processes of Aspire's orchestrator (DCP), for Linux machines on which no container engine answers.</summary>
public static class ContainersAsProcessesExtensions
{
    /// <summary>Configuration key: <c>true</c> or <c>false</c> overrides the search for a container engine.</summary>
    public const string Key = "ContainersAsProcesses";

    /// <summary>
    /// Replaces each container of the model by an executable with the same annotations: endpoints, environment, arguments, mounts, health checks,
    /// waits and commands stay as they are. The last call before <c>Build</c>. Does nothing when publishing, or where a container engine answers.
    /// </summary>
    /// <exception cref="DistributedApplicationException">Another run uses the data folder.</exception>
    public static IDistributedApplicationBuilder RunContainersAsProcesses(this IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsRunMode || !(builder.Configuration.GetValue<bool?>(Key) ?? (OperatingSystem.IsLinux() && !ContainerEngine.Answers())))
        {
            return builder;
        }

        // Set by Aspire.Hosting.Testing, and by 'aspire run --isolated'.
        var isIsolated = builder.Configuration.GetValue<bool>("DcpPublisher:RandomizePorts");
        var data = DataFolder.Choose(builder, isIsolated);
        data.Open();
        AddDefaults(builder, data);

        List<ReplacedContainer> replaced = [];
        foreach (var (index, resource) in builder.Resources.Index().ToArray())
        {
            if (resource is ContainerResource container)
            {
                replaced.Add(ReplacedContainer.Replace(container, data, builder.AppHostDirectory, isIsolated));
                builder.Resources.RemoveAt(index);
                builder.Resources.Insert(index, replaced[^1].Process);
            }
        }

        foreach (var container in replaced)
        {
            new EventRelay(container).Subscribe(builder.Eventing);
        }

        // Not a hosted service: they start one after the other, and Aspire's own is done only when every resource has started.
        builder.Eventing.Subscribe<BeforeStartEvent>((@event, cancel) =>
        {
            // Resolved once, so that the container disposes of it: the folder is released, or removed, after the last server has ended.
            @event.Services.GetRequiredService<DataFolder>();
            var stopping = @event.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            _ = new ChildStates(replaced, @event.Services).FollowAsync(stopping);
            return Task.CompletedTask;
        });

        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            BuiltProgram.Use(project);
        }

        return builder;
    }

    private static void AddDefaults(IDistributedApplicationBuilder builder, DataFolder data)
    {
        builder.Services.AddSingleton(_ => data);
        // Servers need some seconds to stop, more on a busy machine, and their folder is removed after them.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(1));

        var defaults = new Dictionary<string, string?>
        {
            // Otherwise the AppHost ends before its servers, and the next start finds the data in use.
            ["DcpPublisher:WaitForResourceCleanup"] = "true",
            // It starts the engine's program every few seconds to ask whether the engine answers: a thirtieth of a processor, for containers that are not there.
            ["DcpPublisher:ContainerRuntime"] = ContainerEngine.MissingProgram(),
        };

        // Generated passwords belong to the data: a server takes its password once, when its data is created.
        // A value from a variable, whose name has underscores for dashes, takes precedence.
        foreach (var parameter in GeneratedParameters.FindIn(builder.Resources).Where(parameter => builder.Configuration[$"Parameters:{parameter.Name.Replace('-', '_')}"] is null))
        {
            defaults[$"Parameters:{parameter.Name}"] = parameter.Annotations.OfType<GeneratedValueAnnotation>().LastOrDefault() is { } generated
                ? data.Secrets.GetOrCreate(parameter.Name, generated.Create)
                : data.Secrets.GetOrCreate(parameter.Name);
        }

        // Takes precedence over user secrets, which all clones share, but not over variables and arguments.
        var sources = builder.Configuration.Sources;
        var files = sources.OfType<FileConfigurationSource>().LastOrDefault();
        sources.Insert(files is null ? 0 : sources.IndexOf(files) + 1, new MemoryConfigurationSource { InitialData = defaults });
    }
}
