namespace BillionHearts.Hosting.Servers;

/// <summary>
/// The libraries and plugins that came with RabbitMQ, of which a node gets those it uses. Erlang looks for each of its
/// thousand modules in every folder there is: without the forty plugins that are switched off, a start costs 4.5 s of
/// processor time instead of 6.5.
/// </summary>
internal sealed class RabbitMqPlugins(string folder)
{
    public const string FolderName = "plugins";

    // Not a plugin in spite of its name.
    private const string Prelaunch = "rabbitmq_prelaunch";

    private static readonly string[] s_management = ["rabbitmq_management", "rabbitmq_management_agent", "rabbitmq_web_dispatch"];

    /// <summary>Those beside the start script, at its real place: <c>…/rabbitmq_server-3.10.8/sbin/rabbitmq-server</c>.</summary>
    public static RabbitMqPlugins BesideScript(string script)
    {
        var file = File.ResolveLinkTarget(script, returnFinalTarget: true)?.FullName ?? script;
        return new(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", FolderName)));
    }

    /// <summary>Fills a folder with links, from scratch each time: an upgrade of the package changes every name.</summary>
    public void LinkInto(string home, bool withManagement)
    {
        var links = Path.Combine(home, FolderName);

        if (Directory.Exists(links))
        {
            Directory.Delete(links, recursive: true);
        }

        Directory.CreateDirectory(links);

        // rabbit-3.10.8, ra-2.2.0, rabbitmq_shovel-3.10.8, …
        foreach (var library in Directory.EnumerateDirectories(folder))
        {
            var name = Path.GetFileName(library).Split('-')[0];

            if (!name.StartsWith("rabbitmq_", StringComparison.Ordinal) || name is Prelaunch || (withManagement && s_management.Contains(name)))
            {
                Directory.CreateSymbolicLink(Path.Combine(links, Path.GetFileName(library)), library);
            }
        }
    }
}
