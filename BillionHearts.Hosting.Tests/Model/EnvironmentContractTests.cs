using System.Net.Sockets;
using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Launching;
using BillionHearts.Hosting.Logs;
using BillionHearts.Hosting.Orchestration;
using BillionHearts.Hosting.Ports;
using BillionHearts.Hosting.Testing;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Hosting.Tests.Model;

/// <summary>What a process is told: the same names and values as in Aspire, since the services read nothing else.</summary>
public sealed class EnvironmentContractTests : IDisposable
{
    private readonly IDistributedApplicationTestingBuilder _builder =
        DistributedApplicationTestingBuilder.Create("--Parameters:postgres-password=s3cret", "--Parameters:messaging_password=amqp pw");

    private readonly PortReservations _ports = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_is_given_as_connection_string_and_as_parts()
    {
        var database = _builder.AddPostgres("postgres").AddDatabase("imagesdb", "images");
        var variables = await EnvironmentOfAsync(Project("api").WithReference(database));
        var port = PortOf("postgres", "tcp");

        Assert.Equal($"Host=127.0.0.1;Port={port};Username=postgres;Password=s3cret;Database=images", variables["ConnectionStrings__imagesdb"]);
        Assert.Equal(("127.0.0.1", $"{port}"), (variables["IMAGESDB_HOST"], variables["IMAGESDB_PORT"]));
        Assert.Equal(("postgres", "s3cret"), (variables["IMAGESDB_USERNAME"], variables["IMAGESDB_PASSWORD"]));
        Assert.Equal("images", variables["IMAGESDB_DATABASENAME"]);
        Assert.Equal($"postgresql://postgres:s3cret@127.0.0.1:{port}/images", variables["IMAGESDB_URI"]);
    }

    [Fact]
    public async Task A_broker_is_given_as_a_uri_with_its_password_escaped()
    {
        var broker = _builder.AddRabbitMQ("messaging");
        var variables = await EnvironmentOfAsync(Project("api").WithReference(broker));

        Assert.Equal($"amqp://guest:amqp%20pw@127.0.0.1:{PortOf("messaging", "tcp")}", variables["ConnectionStrings__messaging"]);
        Assert.Equal("amqp pw", variables["MESSAGING_PASSWORD"]);
    }

    [Fact]
    public async Task Every_replica_of_a_service_can_be_found_by_its_name()
    {
        var api = Project("image-api").WithReplicas(2);
        var variables = await EnvironmentOfAsync(Project("notifications").WithReference(api));
        var endpoint = api.Resource.Annotations.OfType<EndpointAnnotation>().Single();

        Assert.Equal(2, endpoint.Allocations.Select(allocation => allocation.Port).Distinct().Count());
        Assert.Equal(endpoint.Allocations[0].UriString, variables["services__image-api__http__0"]);
        Assert.Equal(endpoint.Allocations[1].UriString, variables["services__image-api__http__1"]);
        Assert.Equal(endpoint.Allocations[0].UriString, variables["IMAGE_API_HTTP"]);
    }

    [Fact]
    public async Task Replicas_listen_on_ports_of_their_own_and_are_told_apart_in_telemetry()
    {
        var api = Project("api").WithReplicas(2);
        var (first, second) = (await EnvironmentOfAsync(api, replica: 0), await EnvironmentOfAsync(api, replica: 1));
        var allocations = api.Resource.Annotations.OfType<EndpointAnnotation>().Single().Allocations;

        Assert.Equal($"http://127.0.0.1:{allocations[0].Port}", first["ASPNETCORE_URLS"]);
        Assert.Equal($"http://127.0.0.1:{allocations[1].Port}", second["ASPNETCORE_URLS"]);
        Assert.Equal(("api", "api"), (first["OTEL_SERVICE_NAME"], second["OTEL_SERVICE_NAME"]));
        Assert.Equal(("service.instance.id=api-1", "service.instance.id=api-2"), (first["OTEL_RESOURCE_ATTRIBUTES"], second["OTEL_RESOURCE_ATTRIBUTES"]));
    }

    [Fact]
    public async Task Telemetry_goes_where_the_dashboard_listens_and_nowhere_when_there_is_none()
    {
        var api = Project("api");
        var without = await EnvironmentOfAsync(api);
        _builder.Configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://localhost:18889";
        _builder.Configuration["AppHost:OtlpApiKey"] = "key";
        var with = await EnvironmentOfAsync(api);

        Assert.DoesNotContain(without.Keys, name => name.StartsWith("OTEL_EXPORTER", StringComparison.Ordinal));
        Assert.Equal(("http://localhost:18889", "grpc"), (with["OTEL_EXPORTER_OTLP_ENDPOINT"], with["OTEL_EXPORTER_OTLP_PROTOCOL"]));
        Assert.Equal("x-otlp-api-key=key", with["OTEL_EXPORTER_OTLP_HEADERS"]);
        Assert.Equal(("1000", "always_on"), (with["OTEL_BSP_SCHEDULE_DELAY"], with["OTEL_TRACES_SAMPLER"]));
    }

    [Fact]
    public async Task A_gateway_gets_the_address_of_every_replica_and_its_own_real_port()
    {
        var api = Project("api").WithReplicas(2);
        var gateway = _builder.AddContainer("gateway", "nginx").WithHttpEndpoint(port: 8080, targetPort: 80);
        gateway
            .WithEnvironment("PORT", gateway.GetEndpoint("http").Property(EndpointProperty.TargetPort))
            .WithEnvironment("API", $"server {api.GetEndpoint("http").Property(EndpointProperty.HostAndPort)};");

        var instance = await AllocateAsync(gateway.Resource, 0);
        var variables = await new ValueResolver(_builder.ExecutionContext).EnvironmentOfAsync(instance, [], Cancel);
        var allocations = api.Resource.Annotations.OfType<EndpointAnnotation>().Single().Allocations;

        Assert.Equal([$"{PortOf("gateway", "http")}"], variables["PORT"].Values);
        Assert.Equal([$"server 127.0.0.1:{allocations[0].Port};", $"server 127.0.0.1:{allocations[1].Port};"], variables["API"].Values);
    }

    [Fact]
    public async Task What_the_apphost_says_wins_over_the_launch_profile()
    {
        var api = Project("api").WithEnvironment("ASPNETCORE_ENVIRONMENT", "Staging").WithEnvironment("FROM_PROFILE", "no");
        api.WithAnnotation(new LaunchProfile
        {
            Name = "http",
            ApplicationUrls = [],
            EnvironmentVariables = new Dictionary<string, string> { ["FROM_PROFILE"] = "yes", ["ONLY_PROFILE"] = "yes" },
        });
        var variables = await EnvironmentOfAsync(api);

        Assert.Equal(("Staging", "no", "yes"), (variables["ASPNETCORE_ENVIRONMENT"], variables["FROM_PROFILE"], variables["ONLY_PROFILE"]));
    }

    [Fact]
    public void A_parameter_without_a_value_says_how_to_give_it_one()
    {
        var parameter = _builder.AddParameter("signing-key", secret: true);

        var missing = Assert.Throws<DistributedApplicationException>(() => parameter.Resource.Value);
        Assert.Contains("--Parameters:signing-key=", missing.Message, StringComparison.Ordinal);
        Assert.Contains("Parameters__signing_key", missing.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _builder.Dispose();
        _ports.Dispose();
    }

    private IResourceBuilder<ProjectResource> Project(string name) =>
        _builder.AddResource(new ProjectResource(name)).WithAnnotation(new EndpointAnnotation(ProtocolType.Tcp, "http"));

    private int PortOf(string resource, string endpoint) =>
        new EndpointReference((IResourceWithEndpoints)_builder.Resources.Single(candidate => candidate.Name == resource), endpoint).Port;

    private async Task<ResourceInstance> AllocateAsync(IResource resource, int replica)
    {
        if (_builder.Resources.SelectMany(candidate => candidate.Annotations.OfType<EndpointAnnotation>()).Any(endpoint => endpoint.AllocatedEndpoint is null))
        {
            await new EndpointAllocator(_ports, isRandomized: true, TimeProvider.System).AllocateAsync([.. _builder.Resources], Cancel);
        }

        return new ResourceInstance(resource, replica, new ResourceLog(TimeProvider.System, path: null), new(new(_builder.Resources)));
    }

    private async Task<Dictionary<string, string>> EnvironmentOfAsync(IResourceBuilder<ProjectResource> project, int replica = 0)
    {
        var instance = await AllocateAsync(project.Resource, replica);
        var defaults = new ProjectEnvironment(_builder.Configuration, _builder.Environment).DefaultsOf(instance);
        var variables = await new ValueResolver(_builder.ExecutionContext).EnvironmentOfAsync(instance, defaults, Cancel);
        return variables.ToDictionary(variable => variable.Key, variable => Assert.Single(variable.Value.Values));
    }
}
