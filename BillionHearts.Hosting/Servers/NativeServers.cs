namespace BillionHearts.Hosting.Servers;

/// <summary>The images that can run without a container engine.</summary>
internal static class NativeServers
{
    private static readonly INativeServer[] s_all = [new PostgresServer(), new RabbitMqServer(), new AzuriteServer(), new NginxServer()];

    /// <exception cref="NativeServerException">No server is known for the image.</exception>
    public static INativeServer Find(ContainerDescription container) =>
        s_all.FirstOrDefault(server => server.Image == RepositoryName(container.Image)) ?? throw new NativeServerException(
            $"Resource '{container.Name}' cannot start: its image '{container.Image}' does not run without a container engine; only "
            + $"{string.Join(", ", s_all.Select(server => server.Image))} do. Start Docker or Podman, and every resource runs as a container.");

    /// <summary><c>docker.io/library/postgres:18.1</c> is <c>postgres</c>, <c>mcr.microsoft.com/azure-storage/azurite</c> is <c>azure-storage/azurite</c>.</summary>
    private static string RepositoryName(string image)
    {
        var tag = image.IndexOfAny([':', '@'], image.LastIndexOf('/') + 1);
        var parts = (tag < 0 ? image : image[..tag]).Split('/');
        // A registry is a host name, with a dot or a port; Docker Hub keeps its own images in 'library'.
        return string.Join('/', parts.Where((part, i) => i > 0 || parts.Length is 1 || !part.AsSpan().ContainsAny('.', ':')).Where(part => part is not "library"));
    }
}
