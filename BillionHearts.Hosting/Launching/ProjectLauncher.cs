using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Orchestration;
using BillionHearts.Hosting.Processes;

namespace BillionHearts.Hosting.Launching;

/// <summary>Runs what the build made of a project, in the project's folder, as `dotnet run` would.</summary>
internal sealed class ProjectLauncher(ValueResolver values, ProjectEnvironment environment) : ILauncher
{
    // Enough for requests under way; a stream that stays open for hours must not hold up Ctrl-C.
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(5);

    public async Task<Launch> PrepareAsync(ResourceInstance instance, CancellationToken cancellationToken)
    {
        var project = instance.Resource.Last<IProjectMetadata>()
            ?? throw new DistributedApplicationException($"The project '{instance.Resource.Name}' has no project file: add it with AddProject<Projects.X>.");
        RequireBuilt(instance.Resource.Name, project);

        var variables = await values.EnvironmentOfAsync(instance, environment.DefaultsOf(instance), cancellationToken);
        var arguments = await values.ArgumentsOfAsync(instance, cancellationToken);
        var apphost = Path.ChangeExtension(project.AssemblyPath, null);
        var hasApphost = File.Exists(apphost);

        var process = new ProcessSpec
        {
            FileName = hasApphost ? apphost : Path.Combine(Executables.DotnetRoot, "dotnet"),
            Arguments = hasApphost ? arguments : [project.AssemblyPath, .. arguments],
            WorkingDirectory = Path.GetDirectoryName(project.ProjectPath)!,
            Environment = variables.ToDictionary(variable => variable.Key, variable => variable.Value.Values[0]),
            StopTimeout = s_stopTimeout,
        };

        return new(process, [.. variables.ToSnapshot()]);
    }

    public static void RequireBuilt(string resource, IProjectMetadata project)
    {
        if (!File.Exists(project.AssemblyPath))
        {
            throw new DistributedApplicationException($"The project '{resource}' is not built: '{project.AssemblyPath}' does not exist. Build it: dotnet build \"{project.ProjectPath}\"");
        }
    }
}
