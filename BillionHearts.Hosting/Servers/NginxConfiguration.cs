using System.Text.RegularExpressions;

namespace BillionHearts.Hosting.Servers;

/// <summary>Writes the files that the image would have below <c>/etc/nginx</c> into the private folder.</summary>
internal sealed partial class NginxConfiguration(NativeServerContext context)
{
    private const string Root = "/etc/nginx";
    private const string Templates = "/etc/nginx/templates";

    // Directives whose compiled-in defaults are folders of the system's nginx.
    private static readonly string[] s_temporary =
        ["client_body_temp_path", "proxy_temp_path", "fastcgi_temp_path", "uwsgi_temp_path", "scgi_temp_path"];

    private readonly NginxPaths _paths = new(context);

    /// <summary>Absolute path of the main configuration file.</summary>
    public async Task<string> WriteAsync(CancellationToken cancellationToken)
    {
        MakeFolders();

        foreach (var (containerPath, source, isTemplate) in Sources())
        {
            var text = await File.ReadAllTextAsync(source, cancellationToken);
            await WriteFileAsync(containerPath, isTemplate ? NginxTemplate.Expand(text, TemplateVariables()) : text, cancellationToken);
        }

        var main = _paths.Map($"{Root}/nginx.conf");
        await File.WriteAllTextAsync(main, Complete(File.Exists(main) ? await File.ReadAllTextAsync(main, cancellationToken) : Default()), cancellationToken);
        return main;
    }

    private void MakeFolders()
    {
        var configuration = _paths.Map(Root);

        // Written from scratch each time: the output of a renamed template must not remain.
        if (Directory.Exists(configuration))
        {
            Directory.Delete(configuration, recursive: true);
        }

        foreach (var folder in (string[])["/etc/nginx/conf.d", "/var/cache/nginx", "/var/log/nginx", "/run", "/var/run", "/tmp"])
        {
            Directory.CreateDirectory(_paths.Map(folder));
        }

        foreach (var file in (string[])["mime.types", "fastcgi_params", "uwsgi_params", "scgi_params"])
        {
            File.Copy(Path.Combine("/etc/nginx", file), Path.Combine(configuration, file));
        }
    }

    /// <summary>Mounted configuration files first, then templates: the image's script overwrites too.</summary>
    private IEnumerable<(string ContainerPath, string Source, bool IsTemplate)> Sources()
    {
        var suffix = context.Variable("NGINX_ENVSUBST_TEMPLATE_SUFFIX") ?? ".template";
        var output = context.Variable("NGINX_ENVSUBST_OUTPUT_DIR") ?? $"{Root}/conf.d";

        var files = context.Container.Mounts
            .Where(mount => mount.Target == Root || mount.Target.StartsWith($"{Root}/", StringComparison.Ordinal))
            .SelectMany(FilesOf)
            .ToLookup(file => file.ContainerPath.StartsWith($"{Templates}/", StringComparison.Ordinal));

        var templates = files[true]
            .Where(file => file.ContainerPath.EndsWith(suffix, StringComparison.Ordinal))
            .Select(file => ($"{output}{file.ContainerPath[Templates.Length..^suffix.Length]}", file.Source, true));

        return [.. files[false].Select(file => (file.ContainerPath, file.Source, false)), .. templates];
    }

    private static IEnumerable<(string ContainerPath, string Source)> FilesOf(MountedPath mount) =>
        File.Exists(mount.Source)
            ? [(mount.Target, mount.Source)]
            : Directory.EnumerateFiles(mount.Source, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(file => (Path.Join(mount.Target, Path.GetRelativePath(mount.Source, file)), file));

    private IReadOnlyDictionary<string, string> TemplateVariables() =>
        context.Variable("NGINX_ENVSUBST_FILTER") is { } filter
            ? context.Environment.Where(variable => Regex.IsMatch(variable.Key, filter)).ToDictionary()
            : context.Environment;

    private async Task WriteFileAsync(string containerPath, string text, CancellationToken cancellationToken)
    {
        var path = _paths.Map(containerPath);

        if (!path.StartsWith(context.DataPath, StringComparison.Ordinal))
        {
            throw context.Refuse($"NGINX_ENVSUBST_OUTPUT_DIR must be below {Root}, but leads to '{containerPath}'.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, _paths.Translate(text), cancellationToken);
    }

    private string Complete(string text)
    {
        var own = s_temporary
            .Where(directive => !Regex.IsMatch(text, $@"^\s*{directive}\s", RegexOptions.Multiline))
            .Select(directive => $"    {directive} {_paths.Map("/var/cache/nginx")}/{directive};");

        var head = Regex.IsMatch(text, @"^\s*pid\s", RegexOptions.Multiline) ? "" : $"pid {_paths.Map("/run")}/nginx.pid;\n";
        // An event stream never ends by itself, and would delay the stop of everything else.
        head += Regex.IsMatch(text, @"^\s*worker_shutdown_timeout\s", RegexOptions.Multiline) ? "" : "worker_shutdown_timeout 2s;\n";

        return head + HttpBlock().Replace(text, match => $"{match.Value}\n{string.Join('\n', own)}", count: 1);
    }

    /// <summary>The relevant parts of the image's own nginx.conf.</summary>
    private string Default() => $$"""
        worker_processes auto;
        events { worker_connections 1024; }
        http {
            include {{_paths.Map(Root)}}/mime.types;
            default_type application/octet-stream;
            access_log off;
            sendfile on;
            keepalive_timeout 65;
            include {{_paths.Map(Root)}}/conf.d/*.conf;
        }
        """;

    [GeneratedRegex(@"^[ \t]*http\s*\{", RegexOptions.Multiline)]
    private static partial Regex HttpBlock();
}
