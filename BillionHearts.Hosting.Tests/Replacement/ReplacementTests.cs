using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace BillionHearts.Hosting.Tests.Replacement;

public sealed class ReplacementTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_container_is_replaced_by_an_executable_of_its_name()
    {
        await using var model = new AppModel(null);
        var postgres = model.Builder.AddPostgres("postgres").WithDataVolume();
        var other = model.Builder.AddExecutable("other", "true", "/");
        var nginx = model.Builder.AddContainer("nginx", "nginx").WithBindMount("here", "/etc/nginx/templates");
        var database = postgres.AddDatabase("db");
        string[] before = [.. model.Builder.Resources.Select(resource => resource.Name)];

        model.Builder.RunContainersAsProcesses();

        Assert.Equal(before, model.Builder.Resources.Select(resource => resource.Name));
        Assert.Same(other.Resource, model.Find("other"));
        Assert.Same(database.Resource, model.Find("db"));
        Assert.Empty(model.Builder.Resources.OfType<ContainerResource>());
        Assert.All(["postgres", "nginx"], name =>
        {
            var process = Assert.IsAssignableFrom<ExecutableResource>(model.Find(name));
            Assert.True(File.Exists(process.Command), process.Command);
            // With these, DCP would look for a container engine.
            Assert.Empty(process.Annotations.OfType<ContainerImageAnnotation>());
            Assert.Empty(process.Annotations.OfType<ContainerMountAnnotation>());
        });
        Assert.Same(nginx.Resource.Annotations, model.Find("nginx").Annotations);
    }

    [Theory]
    [InlineData("--ContainersAsProcesses=false")]
    [InlineData("--operation", "publish", "--publisher", "manifest", "--output-path", "/nowhere")]
    public async Task No_container_is_replaced_when_publishing_or_switched_off(params string[] arguments)
    {
        await using var model = new AppModel(null, arguments);
        var postgres = model.Builder.AddPostgres("postgres", port: 5433);
        var before = model.Builder.Resources.ToArray();

        model.Builder.RunContainersAsProcesses();

        Assert.Equal(before, model.Builder.Resources);
        Assert.Equal((true, 5433, 5432), PortOf(postgres.Resource));
        Assert.Single(postgres.Resource.Annotations.OfType<ContainerImageAnnotation>());
        Assert.False(Directory.Exists(model.Data));
    }

    [Fact]
    public async Task An_endpoint_listens_on_its_own_port_without_a_proxy()
    {
        await using var model = new AppModel(null);
        model.Builder.AddPostgres("fixed", port: 5433);
        model.Builder.AddPostgres("free");

        model.Builder.RunContainersAsProcesses();

        Assert.Equal((false, 5433, 5433), PortOf(model.Find("fixed")));
        Assert.Equal((false, null, null), PortOf(model.Find("free")));
    }

    [Fact]
    public async Task An_isolated_run_has_no_fixed_ports()
    {
        await using var model = new AppModel(null, "--DcpPublisher:RandomizePorts=true");
        model.Builder.AddPostgres("fixed", port: 5433);

        model.Builder.RunContainersAsProcesses();

        Assert.Equal((false, null, null), PortOf(model.Find("fixed")));
    }

    [Fact]
    public async Task The_launcher_is_told_image_ports_mounts_and_variables()
    {
        await using var model = new AppModel(null);
        model.Builder.AddContainer("edge", "nginx", "1.29")
            .WithImageRegistry("docker.io")
            .WithHttpEndpoint(port: 8080, targetPort: 80, name: "http")
            .WithBindMount("templates", "/etc/nginx/templates", isReadOnly: true)
            .WithVolume("cache", "/var/cache/nginx")
            .WithEnvironment("GREETING", "hello");

        model.Builder.RunContainersAsProcesses();
        var description = await DescriptionAsync(model, "edge");

        Assert.Equal(("edge", "docker.io/nginx:1.29", $"{model.Data}/edge", $"{model.Data}/secrets.json"),
            (description.Name, description.Image, description.DataPath, description.SecretsPath));
        Assert.Equal([new ListeningPort("http", 80, 8080)], description.Endpoints);
        Assert.Equal(
            [
                new MountedPath(Path.Combine(model.Builder.AppHostDirectory, "templates"), "/etc/nginx/templates", IsReadOnly: true),
                new MountedPath($"{model.Data}/edge/volume-var-cache-nginx", "/var/cache/nginx", IsReadOnly: false),
            ],
            description.Mounts);
        Assert.Contains("GREETING", description.Variables);
        Assert.DoesNotContain(ContainerDescription.Variable, description.Variables);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("messaging")]
    public async Task A_generated_password_lives_with_the_data(string server)
    {
        await using var first = new AppModel(null);
        var password = await PasswordAsync(first, server);
        await first.EndAsync();

        await using var second = new AppModel(first.Data);
        Assert.Equal(password, await PasswordAsync(second, server));
        await second.EndAsync();

        await using var chosen = new AppModel(first.Data, $"--Parameters:{server}-password=x");
        Assert.Equal("x", await PasswordAsync(chosen, server));
        await chosen.EndAsync();

        await using var other = new AppModel(null);
        Assert.NotEqual(password, await PasswordAsync(other, server));
    }

    [Fact]
    public async Task A_password_of_shared_user_secrets_does_not_override_that_of_the_data()
    {
        await using var model = new AppModel(null);
        var folder = Path.GetDirectoryName(model.Data)!;
        await File.WriteAllTextAsync(Path.Combine(folder, "user-secrets.json"), """{ "Parameters": { "postgres-password": "shared" } }""", Cancel);
        // In the order of DCP: after its own files, before variables and arguments.
        var sources = model.Builder.Configuration.Sources;
        var last = sources.IndexOf(sources.OfType<FileConfigurationSource>().Last());
        using var files = new PhysicalFileProvider(folder);
        sources.Insert(last + 1, new JsonConfigurationSource { Path = "user-secrets.json", FileProvider = files });
        Assert.Equal("shared", model.Builder.Configuration["Parameters:postgres-password"]);

        Assert.NotEqual("shared", await PasswordAsync(model, "postgres"));
    }

    [Fact]
    public async Task A_connection_string_is_the_containers_own()
    {
        await using var model = new AppModel(null, "--Parameters:postgres-password=x");
        var postgres = model.Builder.AddPostgres("postgres", port: 5433);
        model.Builder.RunContainersAsProcesses();
        var process = Assert.IsAssignableFrom<IResourceWithConnectionString>(model.Find("postgres"));
        AppModel.Allocate(process, "tcp", 5433);

        Assert.Equal("Host=localhost;Port=5433;Username=postgres;Password=x", await process.GetConnectionStringAsync(Cancel));
        Assert.Equal(await postgres.Resource.ConnectionStringExpression.GetValueAsync(Cancel), await process.GetConnectionStringAsync(Cancel));
    }

    private static async Task<string?> PasswordAsync(AppModel model, string server)
    {
        var password = server is "postgres"
            ? model.Builder.AddPostgres(server).Resource.PasswordParameter
            : model.Builder.AddRabbitMQ(server).Resource.PasswordParameter;
        model.Builder.RunContainersAsProcesses();
        return await password.GetValueAsync(Cancel);
    }

    private static async Task<ContainerDescription> DescriptionAsync(AppModel model, string name)
    {
        var variables = new Dictionary<string, object>();
        var context = new EnvironmentCallbackContext(model.Builder.ExecutionContext, model.Find(name), variables, Cancel);

        foreach (var annotation in model.Find(name).Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(context);
        }

        return ContainerDescription.FromJson((string)variables[ContainerDescription.Variable])!;
    }

    private static (bool IsProxied, int? Port, int? TargetPort) PortOf(IResource resource)
    {
        var endpoint = resource.Annotations.OfType<EndpointAnnotation>().First();
        return (endpoint.IsProxied, endpoint.Port, endpoint.TargetPort);
    }
}
