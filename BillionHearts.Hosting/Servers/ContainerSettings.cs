using BillionHearts.Hosting.Launcher;

namespace BillionHearts.Hosting.Servers;

/// <summary>What the native servers read from a container's description. Refusals name the resource and the setting.</summary>
internal static class ContainerSettings
{
    public static NativeServerException Refuse(this NativeServerContext context, string sentence) =>
        new($"Resource '{context.Container.Name}' cannot start: {sentence}");

    /// <summary>What to do when the configured password is not that of the data.</summary>
    public static string PasswordAdvice(this NativeServerContext context) =>
        $"The generated password is '{context.Container.Name}-password' in '{context.Container.SecretsPath}': remove your own setting "
        + $"'Parameters:{context.Container.Name}-password', or set it to the password that the data was created with.";

    /// <summary>Value of an environment variable; null when it is not set or empty.</summary>
    public static string? Variable(this NativeServerContext context, string name) =>
        context.Environment.TryGetValue(name, out var value) && value is not "" ? value : null;

    /// <summary>The port to listen on for the port that the image has inside its container.</summary>
    public static int Port(this NativeServerContext context, int containerPort) =>
        context.FindPort(containerPort)
        ?? throw context.Refuse($"it needs an endpoint with target port {containerPort}, but has {Describe(context.Container.Endpoints)}.");

    public static int? FindPort(this NativeServerContext context, int containerPort) =>
        context.Container.Endpoints.FirstOrDefault(endpoint => endpoint.ContainerPort == containerPort)?.Port;

    /// <summary>Where a path of the container is on this machine; null when no mount reaches it.</summary>
    public static string? FindMounted(this NativeServerContext context, string containerPath) =>
        context.Container.Mounts
            .Where(mount => containerPath == mount.Target || containerPath.StartsWith($"{mount.Target.TrimEnd('/')}/", StringComparison.Ordinal))
            .OrderByDescending(mount => mount.Target.Length)
            .Select(mount => Path.TrimEndingDirectorySeparator(Path.Join(mount.Source, containerPath[mount.Target.TrimEnd('/').Length..])))
            .FirstOrDefault();

    /// <summary>Refuses mounts that the native server does not support: ignoring them would be hard to notice.</summary>
    public static void RefuseMountsExcept(this NativeServerContext context, params string[] known)
    {
        if (context.Container.Mounts.FirstOrDefault(mount => !known.Contains(mount.Target.TrimEnd('/'))) is { } unknown)
        {
            throw context.Refuse($"as a native process it does not support a mount at '{unknown.Target}', only at {string.Join(" and ", known)}.");
        }
    }

    /// <summary>Refuses settings of the image that the native server does not support.</summary>
    public static void RefuseVariablesExcept(this NativeServerContext context, string prefix, params string[] known)
    {
        if (context.Environment.Keys.FirstOrDefault(name => name.StartsWith(prefix, StringComparison.Ordinal) && !known.Contains(name)) is { } unknown)
        {
            throw context.Refuse($"as a native process it does not support the variable {unknown}, only {string.Join(", ", known)}.");
        }
    }

    public static void RefuseArguments(this NativeServerContext context)
    {
        if (context.Arguments is [var first, ..])
        {
            throw context.Refuse($"as a native process it accepts no arguments, but has '{first}'.");
        }
    }

    /// <summary>Variables of the container that the server may see, apart from those that were translated.</summary>
    public static Dictionary<string, string> VariablesExcept(this NativeServerContext context, string prefix) =>
        context.Environment
            .Where(variable => !variable.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary();

    /// <summary>The real path of a program from npm: the link to it may be in a folder that the unprivileged account cannot enter.</summary>
    public static string NpmFile(this NativeServerContext context, string path)
    {
        var root = new DirectoryInfo(context.Container.ToolsPath);
        var file = Path.Combine(root.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? root.FullName, "node_modules", path);

        return File.Exists(file) ? file : throw context.Refuse($"'{file}' does not exist. {Executables.InstallHint(file)}");
    }

    /// <summary>Refuses a path that the unprivileged account cannot reach, and names the folder: the server's own message would not.</summary>
    public static void RequireReachable(this NativeServerContext context, string path)
    {
        if (UnprivilegedAccount.FindClosedParent(path) is { } closed)
        {
            throw context.Refuse(
                $"it runs as the account '{UnprivilegedAccount.Name}' because the AppHost is root, but that account has no access to '{closed}', "
                + $"which is on the path to '{path}'. Allow it with 'chmod o+x {closed}', or move the project and its data elsewhere.");
        }
    }

    private static string Describe(IReadOnlyList<ListeningPort> endpoints) =>
        endpoints is [] ? "none" : string.Join(", ", endpoints.Select(endpoint => $"'{endpoint.Name}' with {endpoint.ContainerPort}"));
}
