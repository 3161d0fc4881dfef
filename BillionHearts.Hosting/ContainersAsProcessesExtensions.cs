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
    /// <summary>Configuration key: <c>true</c> or <c>false</c> decides, in place of asking for a container engine.</summary>
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
        var data = DataFolder.Of(builder, isIsolated);
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

        // Not a hosted service: those start one after the other, and Aspire's own ends its start only when every resource has started.
        builder.Eventing.Subscribe<BeforeStartEvent>((@event, cancel) =>
        {
            // Resolved once, so that the container disposes of it: the folder is given up, or removed, when the last server has ended.
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
        // Servers stop in seconds, on a busy machine in more of them, and their folder goes after them.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(1));

        var defaults = new Dictionary<string, string?>
        {
            // Otherwise the AppHost ends before its servers have, and the next start meets data that is in use.
            ["DcpPublisher:WaitForResourceCleanup"] = "true",
        };

        // Passwords that Aspire generates belong to the data: a server takes its password once, with its first data.
        // Where a variable gives one, whose name has underscores for dashes, that is stronger too.
        foreach (var parameter in GeneratedParameters.Of(builder.Resources).Where(parameter => builder.Configuration[$"Parameters:{parameter.Name.Replace('-', '_')}"] is null))
        {
            defaults[$"Parameters:{parameter.Name}"] = parameter.Annotations.OfType<GeneratedValueAnnotation>().LastOrDefault() is { } generated
                ? data.Secrets.GetOrCreate(parameter.Name, generated.Create)
                : data.Secrets.GetOrCreate(parameter.Name);
        }

        // Stronger than user secrets, which all clones share; weaker than variables and arguments, with which a person decides.
        var sources = builder.Configuration.Sources;
        var files = sources.OfType<FileConfigurationSource>().LastOrDefault();
        sources.Insert(files is null ? 0 : sources.IndexOf(files) + 1, new MemoryConfigurationSource { InitialData = defaults });
    }
}
