using System.Text.RegularExpressions;

namespace BillionHearts.Tests.AppHost;

/// <summary>The model where a container engine answers. None does here, so it is looked at and not started.</summary>
public sealed class ContainerModelTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Servers_are_containers_of_pinned_images()
    {
        await using var builder = await ModelAsync();

        Assert.Equal(
            [
                ("blobs", "mcr.microsoft.com/azure-storage/azurite:3.37.0"),
                ("gateway", "nginx:1.28"),
                ("messaging", "docker.io/library/rabbitmq:4.3-management"),
                ("postgres", "docker.io/library/postgres:18.3"),
            ],
            builder.Resources.OfType<ContainerResource>().Select(container => (container.Name, ImageOf(container))).Order());
    }

    [Fact]
    public async Task Data_is_in_volumes_and_the_gateways_templates_are_mounted()
    {
        await using var builder = await ModelAsync();

        Assert.Equal(
            [
                ("blobs", "/data", ContainerMountType.Volume, false),
                ("gateway", "/etc/nginx/templates", ContainerMountType.BindMount, true),
                ("messaging", "/var/lib/rabbitmq", ContainerMountType.Volume, false),
                ("postgres", "/var/lib/postgresql", ContainerMountType.Volume, false),
            ],
            builder.Resources.OfType<ContainerResource>()
                .SelectMany(container => container.Annotations.OfType<ContainerMountAnnotation>().Select(mount => (container.Name, mount.Target, mount.Type, mount.IsReadOnly)))
                .Order());
        var template = Get<ContainerResource>(builder, "gateway").Annotations.OfType<ContainerMountAnnotation>().Single();
        Assert.True(File.Exists(Path.Combine(builder.AppHostDirectory, template.Source!, "nginx.conf.template")));
    }

    [Fact]
    public async Task Containers_listen_on_their_images_ports_and_only_the_gateways_is_fixed()
    {
        await using var builder = await ModelAsync();

        Assert.Equal(
            [("blobs", "blob", 10000, null), ("gateway", "http", 80, 8080), ("gateway", "http2", 81, null), ("messaging", "management", 15672, null), ("messaging", "tcp", 5672, null), ("postgres", "tcp", 5432, null)],
            builder.Resources.OfType<ContainerResource>()
                .SelectMany(container => container.Annotations.OfType<EndpointAnnotation>().Select(endpoint => (container.Name, endpoint.Name, endpoint.TargetPort, endpoint.Port)))
                .Order());
    }

    [Fact]
    public async Task The_gateways_upstream_names_each_replica_as_its_container_sees_it()
    {
        await using var builder = await ModelAsync();

        var variables = await VariablesAsync(Get<ContainerResource>(builder, "gateway"));

        // An address of the host from inside a container is what Aspire makes of these expressions there, and 127.0.0.1 for a process.
        Assert.Equal(
            "server {api-1.bindings.http.host}:{api-1.bindings.http.port} max_fails=3 fail_timeout=2s; "
            + "server {api-2.bindings.http.host}:{api-2.bindings.http.port} max_fails=3 fail_timeout=2s; ",
            variables["API_SERVERS"]);
        Assert.Equal("server {notifications.bindings.http.host}:{notifications.bindings.http.port} max_fails=3 fail_timeout=2s; ", variables["NOTIFICATIONS_SERVERS"]);
        Assert.Equal("server {web.bindings.http.host}:{web.bindings.http.port} max_fails=3 fail_timeout=2s; ", variables["WEB_SERVERS"]);
        Assert.Equal("/etc/nginx", variables["NGINX_ENVSUBST_OUTPUT_DIR"]);
        Assert.Equal(("{gateway.bindings.http.targetPort}", "{gateway.bindings.http2.targetPort}"), (variables["PORT"], variables["HTTP2_PORT"]));
    }

    [Fact]
    public async Task Every_variable_of_the_gateways_templates_is_given()
    {
        await using var builder = await ModelAsync();
        var templates = Directory.EnumerateFiles(Path.Combine(builder.AppHostDirectory, "gateway"), "*.template", SearchOption.AllDirectories).Select(File.ReadAllText);
        var given = await VariablesAsync(Get<ContainerResource>(builder, "gateway"));

        var named = Regex.Matches(string.Concat(templates), @"\$\{([A-Z0-9_]+)\}").Select(match => match.Groups[1].Value).Distinct().ToList();

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, given.Keys));
    }

    [Fact]
    public async Task Azurites_address_is_one_that_Azures_client_accepts()
    {
        await using var builder = await ModelAsync();
        var blobs = builder.Resources.OfType<IResourceWithConnectionString>().Single(resource => resource.Name is "blobs");

        // 'localhost' would be taken for the account's name, and the account for a container's.
        Assert.Contains("BlobEndpoint=http://{blobs.bindings.blob.host}:{blobs.bindings.blob.port}/devstoreaccount1", blobs.ConnectionStringExpression.ValueExpression, StringComparison.Ordinal);
        Assert.Contains(
            blobs.ConnectionStringExpression.ValueProviders.OfType<EndpointReferenceExpression>(), expression => expression.Property is EndpointProperty.IPV4Host);
    }

    [Fact]
    public async Task Generated_passwords_stay_with_Aspire_which_keeps_them_in_user_secrets()
    {
        await using var builder = await ModelAsync();

        Assert.NotNull(builder.Resources.OfType<PostgresServerResource>().Single().PasswordParameter.Default);
    }

    [Fact]
    public async Task Analysis_runs_as_often_as_configured_and_the_api_finds_every_worker()
    {
        await using var builder = await ModelAsync("--Analysis:Replicas=3");
        var variables = await VariablesAsync(Get<ProjectResource>(builder, "api-1"));

        Assert.Equal(
            ["analysis-1", "analysis-2", "analysis-3"],
            builder.Resources.OfType<ProjectResource>().Select(service => service.Name).Where(name => name.StartsWith("analysis", StringComparison.Ordinal)).Order());
        Assert.Equal(
            ["{analysis-1.bindings.http.url}", "{analysis-2.bindings.http.url}", "{analysis-3.bindings.http.url}"],
            Enumerable.Range(0, 3).Select(index => variables[$"services__analysis__http__{index}"]));
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true", "--Recognition:Enabled=True")]
    public async Task Workers_recognise_pictures_only_where_it_is_enabled(string enabled, params string[] args)
    {
        await using var builder = await ModelAsync(args);

        Assert.Equal(enabled, (await VariablesAsync(Get<ProjectResource>(builder, "analysis")))["Recognition__Enabled"]);
    }

    private static Task<IDistributedApplicationTestingBuilder> ModelAsync(params string[] args) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.BillionHearts_AppHost>(["--ContainersAsProcesses=false", .. args], Cancel);

    private static T Get<T>(IDistributedApplicationTestingBuilder builder, string name) where T : IResource =>
        builder.Resources.OfType<T>().Single(resource => resource.Name == name);

    private static string ImageOf(ContainerResource container)
    {
        var image = container.Annotations.OfType<ContainerImageAnnotation>().Last();
        return $"{(image.Registry is null ? "" : $"{image.Registry}/")}{image.Image}:{image.Tag}";
    }

    /// <summary>Expressions, since nothing is allocated that they could stand for.</summary>
    private static async Task<Dictionary<string, string>> VariablesAsync(IResource resource)
    {
        var context = new EnvironmentCallbackContext(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Publish), cancellationToken: Cancel);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(context);
        }

        return context.EnvironmentVariables.ToDictionary(
            variable => variable.Key, variable => variable.Value is IManifestExpressionProvider expression ? expression.ValueExpression : $"{variable.Value}");
    }
}
