using BillionHearts.Hosting.Launcher;

namespace BillionHearts.Hosting.Servers;

/// <summary>The <c>rabbitmq</c> image: Debian's RabbitMQ, without its system service.</summary>
internal sealed class RabbitMqServer : INativeServer
{
    private const string Script = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    public string Image => "rabbitmq";

    public async Task<ProcessSpec> PrepareAsync(NativeServerContext context, CancellationToken cancellationToken)
    {
        context.RefuseArguments();
        context.RefuseMountsExcept("/var/lib/rabbitmq");
        context.RefuseVariablesExcept("RABBITMQ_", "RABBITMQ_DEFAULT_USER", "RABBITMQ_DEFAULT_PASS", "RABBITMQ_DEFAULT_VHOST", "RABBITMQ_NODENAME");

        if (!File.Exists(Script))
        {
            throw context.Refuse($"'{Script}' does not exist. {Executables.InstallHint(Script)}");
        }

        var node = new RabbitMqNode(context, RabbitMqPlugins.BesideScript(Script));
        context.RequireReachable(node.Data);
        await node.EnsureAsync(cancellationToken);

        return new ProcessSpec
        {
            FileName = Script,
            Environment = node.Environment,
            ClearEnvironment = true,
            WorkingDirectory = node.Data,
            DropPrivileges = true,
            StopSignal = StopSignal.Terminate,
            Companion = node.PortMapper,
        };
    }
}
