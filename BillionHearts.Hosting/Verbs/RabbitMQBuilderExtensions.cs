using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Health;

namespace BillionHearts.Hosting;

public static class RabbitMQBuilderExtensions
{
    private const string Tag = "4.3";

    public static IResourceBuilder<RabbitMQServerResource> AddRabbitMQ(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<ParameterResource>? userName = null,
        IResourceBuilder<ParameterResource>? password = null,
        int? port = null)
    {
        var secret = password?.Resource ?? ParameterResourceBuilderExtensions.CreateGeneratedPassword(builder, $"{name}-password");
        var broker = new RabbitMQServerResource(name, userName?.Resource, secret);

        return builder.AddResource(broker)
            .WithImage("library/rabbitmq", Tag)
            .WithImageRegistry("docker.io")
            .WithEndpoint(port: port, targetPort: RabbitMQServerResource.ContainerPort, name: RabbitMQServerResource.PrimaryEndpointName)
            .WithEnvironment("RABBITMQ_DEFAULT_USER", broker.UserNameReference)
            .WithEnvironment("RABBITMQ_DEFAULT_PASS", broker.PasswordParameter)
            .WithAnnotation(new HealthProbeAnnotation($"{name}_check", _ => new RabbitMqProbe(broker.ConnectionStringExpression)));
    }

    public static IResourceBuilder<RabbitMQServerResource> WithDataVolume(
        this IResourceBuilder<RabbitMQServerResource> builder, string? name = null, bool isReadOnly = false) =>
        builder.WithVolume(name ?? $"{builder.Resource.Name}-data", "/var/lib/rabbitmq", isReadOnly);

    public static IResourceBuilder<RabbitMQServerResource> WithManagementPlugin(this IResourceBuilder<RabbitMQServerResource> builder) =>
        builder.WithManagementPlugin(port: null);

    public static IResourceBuilder<RabbitMQServerResource> WithManagementPlugin(this IResourceBuilder<RabbitMQServerResource> builder, int? port) =>
        builder.WithImageTag($"{Tag}-management")
            .WithHttpEndpoint(port: port, targetPort: RabbitMQServerResource.ManagementContainerPort, name: RabbitMQServerResource.ManagementEndpointName);
}
