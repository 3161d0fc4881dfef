using System.Globalization;
using Microsoft.Extensions.Configuration;

/// <summary>A service that runs several times.</summary>
internal sealed record ReplicatedService(string Name, IReadOnlyList<IResourceBuilder<ProjectResource>> Replicas);

internal static class ServiceExtensions
{
    private const string Http = "http";
    private const int MaxReplicas = 16;
    private const string MetricInterval = "OTEL_METRIC_EXPORT_INTERVAL";

    /// <summary>Adds a service of ours: with a health check, restarted on failure, and reached at its own port without Aspire's proxy.</summary>
    public static IResourceBuilder<ProjectResource> AddService<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name)
            .WithoutHttps()
            // Whose forwarded headers a service trusts is its own setting, Http:TrustedProxies. Aspire would trust everybody.
            .DisableForwardedHeaders()
            // Aspire asks for all traces. Services limit them by themselves (Telemetry:TracesPerSecond), because the dashboard shares the processors.
            .WithEnvironment(context => context.EnvironmentVariables.Remove("OTEL_TRACES_SAMPLER"))
            // Aspire asks for metrics every second, which takes more than what they measure while little happens.
            .WithEnvironment(MetricInterval, builder.Configuration[MetricInterval] ?? "5000")
            // Idle threads must not spin on processors that all processes share.
            .WithEnvironment("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "0")
            .WithEndpoint(Http, endpoint => endpoint.IsProxied = false)
            .WithHttpHealthCheck("/health")
            .WithRestartOnFailure();

    /// <summary>Adds a service's program with the argument <c>migrate</c>: it migrates its database and ends.</summary>
    public static IResourceBuilder<ProjectResource> AddMigration<TProject>(
        this IDistributedApplicationBuilder builder, string name, Databases databases, IResourceBuilder<IResourceWithConnectionString> database)
        where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name, launchProfileName: "migrate")
            .WithoutHttps()
            .WithArgs("migrate")
            .WithReference(database).WaitFor(database)
            .WaitFor(databases.Server);

    /// <summary>
    /// Adds a service several times. On this machine each replica is a resource with its own address: the gateway balances them and notices when one is gone,
    /// which it could not behind Aspire's proxy for replicas. A single one keeps the service's name. Published, it is one resource that the platform replicates.
    /// </summary>
    public static ReplicatedService AddReplicas<TProject>(
        this IDistributedApplicationBuilder builder, string name, int count, Func<IResourceBuilder<ProjectResource>, IResourceBuilder<ProjectResource>> configure)
        where TProject : IProjectMetadata, new() =>
        new(name, (builder.ExecutionContext.IsRunMode, count) switch
        {
            (false, _) => [configure(builder.AddService<TProject>(name)).WithReplicas(count)],
            (true, 1) => [configure(builder.AddService<TProject>(name))],
            _ => [.. Enumerable.Range(1, count).Select(number => configure(builder.AddService<TProject>($"{name}-{number}")))],
        });

    /// <summary>How many replicas configuration asks for; one by default.</summary>
    /// <exception cref="DistributedApplicationException">It asks for none, or for more than 16.</exception>
    public static int CountOf(this IDistributedApplicationBuilder builder, string setting)
    {
        var configured = builder.Configuration[setting];

        if (configured is null)
        {
            return 1;
        }

        return int.TryParse(configured, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MaxReplicas
            ? count
            : throw new DistributedApplicationException($"{setting} must be a whole number from 1 to {MaxReplicas}, not '{configured}'.");
    }

    /// <summary>Whether configuration turns an option on, as the services' configuration writes it; off by default.</summary>
    /// <exception cref="DistributedApplicationException">The value is neither true nor false.</exception>
    public static string IsOn(this IDistributedApplicationBuilder builder, string setting) => builder.Configuration[setting] switch
    {
        null => "false",
        var value when bool.TryParse(value, out var isOn) => isOn ? "true" : "false",
        var value => throw new DistributedApplicationException($"{setting} must be true or false, not '{value}'."),
    };

    /// <summary>Lets service discovery find all replicas under the service's one name.</summary>
    public static IResourceBuilder<ProjectResource> WithReference(this IResourceBuilder<ProjectResource> project, ReplicatedService service)
    {
        foreach (var (index, replica) in service.Replicas.Index())
        {
            project.WithEnvironment($"services__{service.Name}__{Http}__{index}", replica.GetEndpoint(Http));
        }

        return project;
    }

    /// <summary>Passes a section of the AppHost's configuration to a service, in a run on this machine. A published service has its own configuration.</summary>
    public static IResourceBuilder<ProjectResource> WithSection(this IResourceBuilder<ProjectResource> project, string section)
    {
        if (project.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            foreach (var (name, value) in project.ApplicationBuilder.Configuration.GetSection(section).AsEnumerable().Where(setting => setting.Value is not null))
            {
                project.WithEnvironment(name.Replace(":", "__", StringComparison.Ordinal), value);
            }
        }

        return project;
    }

    /// <summary>
    /// The <c>server</c> lines of an nginx upstream, one for each address. By address and not by name: <c>localhost</c> would be two servers to nginx. Inside
    /// a container the same expression is the address of this machine as seen from there.
    /// </summary>
    public static ReferenceExpression UpstreamServers(this IEnumerable<IResourceBuilder<ProjectResource>> replicas)
    {
        var lines = new ReferenceExpressionBuilder();

        foreach (var replica in replicas)
        {
            var endpoint = replica.GetEndpoint(Http);
            lines.Append($"server {endpoint.Property(EndpointProperty.IPV4Host)}:{endpoint.Property(EndpointProperty.Port)} max_fails=3 fail_timeout=2s; ");
        }

        return lines.Build();
    }

    // Services do not use TLS among each other. Aspire would still publish an https address, which callers prefer, and would warn in the dashboard that there is
    // no developer certificate.
    private static IResourceBuilder<ProjectResource> WithoutHttps(this IResourceBuilder<ProjectResource> project)
    {
        foreach (var endpoint in project.Resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.UriScheme is "https").ToArray())
        {
            project.Resource.Annotations.Remove(endpoint);
        }

#pragma warning disable ASPIRECERTIFICATES001 // Experimental API: what it does is checked by the dashboard's test, which sees no banner.
        return project.WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001
    }
}
