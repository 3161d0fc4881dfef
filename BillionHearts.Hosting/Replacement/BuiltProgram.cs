namespace BillionHearts.Hosting.Replacement;

/// <summary>
/// Starts a project's program, which was built with this AppHost. Aspire would start <c>dotnet run --no-build</c>: a second .NET process for each, and
/// seconds of processor time that a machine without a container engine needs for its servers.
/// </summary>
internal static class BuiltProgram
{
    // …/bin/BillionHearts.AppHost/release/ has a sibling …/bin/BillionHearts.Api/release/BillionHearts.Api
    private static readonly DirectoryInfo s_own = new(Path.GetDirectoryName(typeof(BuiltProgram).Assembly.Location)!);

    /// <summary>Leaves a project as it is when its program is not where this repository's build puts it.</summary>
    public static void Use(ProjectResource project)
    {
        var file = project.GetProjectMetadata().ProjectPath;
        var name = Path.GetFileNameWithoutExtension(file);
        var program = Path.GetFullPath(Path.Combine(s_own.FullName, "..", "..", name, s_own.Name, name));

        if (File.Exists(program))
        {
            project.Annotations.Add(new ExecutableAnnotation { Command = program, WorkingDirectory = Path.GetDirectoryName(file)! });
        }
    }
}
