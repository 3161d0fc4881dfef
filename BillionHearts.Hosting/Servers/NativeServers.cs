namespace BillionHearts.Hosting.Servers;

/// <summary>The images that can run without a container engine.</summary>
internal static class NativeServers
{
    public static IReadOnlyList<INativeServer> All { get; } = [new PostgresServer(), new RabbitMqServer(), new AzuriteServer(), new NginxServer()];
}
