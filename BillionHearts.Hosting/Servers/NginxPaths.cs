using System.Globalization;
using System.Text.RegularExpressions;

namespace BillionHearts.Hosting.Servers;

/// <summary>Translates a configuration for the container into one that uses a private folder and loopback only.</summary>
internal sealed partial class NginxPaths(NativeServerContext context)
{
    private const string SystemModules = "/usr/lib/nginx/modules";

    // What the image has of its own, and what Debian's nginx would otherwise share with the system's.
    private static readonly string[] s_private = ["/etc/nginx", "/var/cache/nginx", "/var/log/nginx", "/var/lib/nginx", "/var/run", "/run", "/tmp"];

    /// <summary>Where a path of the container is on this machine.</summary>
    public string Map(string containerPath)
    {
        if (context.FindMounted(containerPath) is { } mounted && !IsConfiguration(containerPath))
        {
            return mounted;
        }

        return s_private.Any(folder => containerPath == folder || containerPath.StartsWith($"{folder}/", StringComparison.Ordinal))
            ? Path.Join(context.DataPath, containerPath)
            : containerPath;
    }

    public string Translate(string text) =>
        Statement().Replace(text, statement => TranslateStatement(statement.Value));

    private string TranslateStatement(string statement)
    {
        // The launcher chooses the account; the configured one may not exist here.
        if (UserDirective().IsMatch(statement))
        {
            return "";
        }

        if (ListenDirective().Match(statement) is { Success: true } listen)
        {
            return TranslateListen(statement, listen);
        }

        return PathDirective().Match(statement) is { Success: true } directive
            ? $"{statement[..directive.Length]}{AbsolutePath().Replace(statement[directive.Length..], path => MapFile(directive.Groups[1].Value, path.Value))}"
            : statement;
    }

    private string MapFile(string directive, string path) =>
        directive is "load_module" ? Path.Combine(SystemModules, Path.GetFileName(path)) : Map(path);

    /// <summary><c>listen 80</c>, <c>listen *:80 default_server</c>, <c>listen [::]:80</c>: the port that the endpoint has here, on loopback.</summary>
    private string TranslateListen(string statement, Match listen)
    {
        if (listen.Groups["six"].Success)
        {
            return "";
        }

        var port = int.Parse(listen.Groups["port"].Value, CultureInfo.InvariantCulture);
        var endpoint = context.Container.Endpoints.FirstOrDefault(endpoint => endpoint.Port == port)
            ?? context.Container.Endpoints.FirstOrDefault(endpoint => endpoint.ContainerPort == port)
            ?? throw context.Refuse($"the nginx configuration has 'listen {port}', but the resource has no endpoint with that port.");

        var address = listen.Groups["address"];
        return $"{statement[..address.Index]}127.0.0.1:{endpoint.Port}{statement[(address.Index + address.Length)..]}";
    }

    private static bool IsConfiguration(string containerPath) =>
        containerPath is "/etc/nginx" || containerPath.StartsWith("/etc/nginx/", StringComparison.Ordinal);

    // Up to the next ';', '{', '}' or line end that is not part of a quoted text, a ${variable} or a comment: a line may hold several.
    [GeneratedRegex(@"(?:(?<=^|[\s;{}])(?:""(?:\\.|[^""\\])*""|'(?:\\.|[^'\\])*'|\#.*)|\\.|\$\{[^}]*\}|[^;{}\n])+[;{}\n]?|[;{}\n]")]
    private static partial Regex Statement();

    [GeneratedRegex(@"^\s*user\s+[^;]+;\s*$")]
    private static partial Regex UserDirective();

    [GeneratedRegex(@"^\s*listen\s+(?<address>(?<six>\[[^\]]*\]:)?(?:[\w.*-]+:)?(?<port>\d+))(?=[\s;])")]
    private static partial Regex ListenDirective();

    // Only these take a path of the file system: the same text in a location, a rewrite or a map is part of a URL.
    [GeneratedRegex(@"^\s*(pid|lock_file|error_log|access_log|include|load_module|root|alias|working_directory|auth_basic_user_file|\w+_path|ssl_\w+)\s")]
    private static partial Regex PathDirective();

    [GeneratedRegex(@"(?<![^\s""'=:])/[^\s;""']+|(?<=^\s*)modules/[^\s;""']+")]
    private static partial Regex AbsolutePath();
}
