namespace BillionHearts.Hosting.Replacement;

/// <summary>Runs in place of a container and shares its annotations: the reverse of <c>PublishAsDockerFile</c>.</summary>
internal class ProcessResource(ContainerResource original, string command, string workingDirectory)
    : ExecutableResource(original.Name, command, workingDirectory)
{
    public override ResourceAnnotationCollection Annotations => original.Annotations;
}

/// <summary>The same for a server that others reference by its connection string: Aspire looks for it by name and by interface.</summary>
internal sealed class ServerProcessResource(ContainerResource original, IResourceWithConnectionString connection, string command, string workingDirectory)
    : ProcessResource(original, command, workingDirectory), IResourceWithConnectionString
{
    public ReferenceExpression ConnectionStringExpression => connection.ConnectionStringExpression;

    public string? ConnectionStringEnvironmentVariable => connection.ConnectionStringEnvironmentVariable;

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() => connection.GetConnectionProperties();
}
