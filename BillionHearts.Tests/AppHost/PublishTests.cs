using System.Text.Json;

namespace BillionHearts.Tests.AppHost;

/// <summary>What <c>--operation publish --publisher manifest</c> writes: a description from which the system can be started elsewhere.</summary>
public sealed class PublishTests(PublishTests.Manifest manifest) : IClassFixture<PublishTests.Manifest>
{
    [Fact]
    public void The_published_model_contains_no_secret_and_no_development_key()
    {
        Assert.DoesNotContain("devstoreaccount1", manifest.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Eby8vdM02xNOcqFlq", manifest.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("azurite", manifest.Text, StringComparison.OrdinalIgnoreCase);
        Assert.All(manifest.Parameters.Where(parameter => IsSecret(parameter.Value)), parameter =>
            Assert.True(!Input(parameter.Value).TryGetProperty("default", out var given) || given.TryGetProperty("generate", out _), parameter.Name));
    }

    [Fact]
    public void Every_parameter_that_is_no_secret_has_a_default() => Assert.All(
        manifest.Parameters.Where(parameter => !IsSecret(parameter.Value)),
        parameter => Assert.NotEmpty(Input(parameter.Value).GetProperty("default").GetProperty("value").GetString()!));

    [Fact]
    public void Publishing_asks_for_keys_and_the_blob_stores_connection_string()
    {
        var asked = manifest.Parameters.Where(parameter => IsSecret(parameter.Value) && !Input(parameter.Value).TryGetProperty("default", out _)).Select(parameter => parameter.Name);

        Assert.Equal(["blobs", "edge-key", "media-signing-key", "token-signing-key", "webhook-secret-key"], asked.Order());
        Assert.Equal("{blobs.connectionString}", Variables("api")["ConnectionStrings__blobs"]);
    }

    [Fact]
    public void Requests_need_tokens_unless_somebody_decides_otherwise()
    {
        Assert.Equal("true", Input(manifest.Resource("require-tokens")).GetProperty("default").GetProperty("value").GetString());
        Assert.Equal("{require-tokens.value}", Variables("api")["Auth__RequireTokens"]);
        Assert.Equal("{require-tokens.value}", Variables("notifications")["Auth__RequireTokens"]);
        Assert.Equal("{require-tokens.value}", Variables("web")["Auth__RequireTokens"]);
    }

    [Theory]
    [InlineData("imagesdb", "images")]
    [InlineData("notificationsdb", "notifications")]
    public void Each_published_service_has_its_own_database_and_role(string database, string role)
    {
        var connection = manifest.Resource(database).GetProperty("connectionString").GetString()!;

        Assert.EndsWith($";Username={role};Password={{{database}-password.value}};Database={database}", connection, StringComparison.Ordinal);
        Assert.Equal($"{{{database}-password.value}}", Variables("postgres")[$"{database.ToUpperInvariant()}_PASSWORD"]);
        Assert.Contains($"own_database {role} \"${database.ToUpperInvariant()}_PASSWORD\"", File.ReadAllText(Beside("postgres", "roles.sh")), StringComparison.Ordinal);
        Assert.True(File.Exists(Beside("postgres", "Dockerfile")));
    }

    [Fact]
    public void The_gateway_is_an_image_of_its_own_with_the_only_external_endpoint()
    {
        var gateway = manifest.Resource("gateway");
        var external = manifest.Resources
            .Where(resource => resource.Value.TryGetProperty("bindings", out _))
            .SelectMany(resource => resource.Value.GetProperty("bindings").EnumerateObject().Select(binding => (Resource: resource.Name, binding.Name, binding.Value)))
            .Where(binding => binding.Value.TryGetProperty("external", out var isExternal) && isExternal.GetBoolean());

        Assert.Equal([("gateway", "http")], external.Select(binding => (binding.Resource, binding.Name)));
        Assert.True(gateway.TryGetProperty("build", out _));
        Assert.DoesNotContain("bindMounts", manifest.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_gateways_image_has_every_template_that_is_mounted_here()
    {
        var dockerfile = File.ReadAllText(Beside("gateway", "Dockerfile"));
        var folder = Beside("gateway", "");
        var templates = Directory.EnumerateFiles(folder, "*.template", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).ToList();

        Assert.Contains("nginx.conf.template", templates);
        Assert.All(templates, template => Assert.Contains(
            Path.GetDirectoryName(template) is { Length: > 0 } sub ? $"COPY {sub}/ /etc/nginx/templates/{sub}/\n" : $"COPY {template} /etc/nginx/templates/\n",
            dockerfile,
            StringComparison.Ordinal));
    }

    [Fact]
    public void Published_services_call_each_other_without_TLS_or_forwarded_headers()
    {
        Assert.DoesNotContain("\"https\"", manifest.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("ASPNETCORE_FORWARDEDHEADERS_ENABLED", manifest.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Published_images_are_based_on_the_images_that_run_here()
    {
        Assert.Contains("FROM nginx:1.28\n", File.ReadAllText(Beside("gateway", "Dockerfile")), StringComparison.Ordinal);
        Assert.Contains("FROM postgres:18.3\n", File.ReadAllText(Beside("postgres", "Dockerfile")), StringComparison.Ordinal);
    }

    [Fact]
    public void Migrations_are_programs_of_their_own_that_end()
    {
        Assert.All([("migrations", "imagesdb"), ("notifications-migrations", "notificationsdb")], job =>
        {
            var migration = manifest.Resource(job.Item1);
            Assert.Equal(["migrate"], migration.GetProperty("args").EnumerateArray().Select(argument => argument.GetString()));
            Assert.False(migration.TryGetProperty("bindings", out _));
            Assert.Contains($"ConnectionStrings__{job.Item2}", Variables(job.Item1).Keys);
        });
    }

    [Fact]
    public void One_api_is_published_however_many_run_here()
    {
        Assert.Equal(["analysis", "api", "migrations", "notifications", "notifications-migrations", "web"], manifest.OfType("project.v0").Order());
        Assert.StartsWith("server {api.bindings.http.host}:{api.bindings.http.port} ", Variables("gateway")["API_SERVERS"], StringComparison.Ordinal);
    }

    private static string Beside(string folder, string file) => Path.Combine(Repository.Root, "BillionHearts.AppHost", folder, file);

    private static JsonElement Input(JsonElement parameter) => parameter.GetProperty("inputs").EnumerateObject().Single().Value;

    private static bool IsSecret(JsonElement parameter) => Input(parameter).TryGetProperty("secret", out var secret) && secret.GetBoolean();

    private Dictionary<string, string> Variables(string resource) =>
        manifest.Resource(resource).GetProperty("env").EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value.GetString()!);

    /// <summary>Published once, by the program itself.</summary>
    public sealed class Manifest : IAsyncLifetime
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("manifest-").FullName;

        public string Text { get; private set; } = "";

        internal IEnumerable<JsonProperty> Resources => JsonElement.Parse(Text).GetProperty("resources").EnumerateObject();

        internal IEnumerable<JsonProperty> Parameters => Resources.Where(resource => resource.Value.GetProperty("type").GetString() is "parameter.v0");

        public async ValueTask InitializeAsync()
        {
            var file = Path.Combine(_folder, "manifest.json");
            await using var program = AppHostProgram.Start("--operation", "publish", "--publisher", "manifest", "--output-path", file);
            Assert.True(await program.WaitForExitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken) is 0, program.Output);
            Text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        }

        public ValueTask DisposeAsync()
        {
            Directory.Delete(_folder, recursive: true);
            return ValueTask.CompletedTask;
        }

        internal JsonElement Resource(string name) => Resources.Single(resource => resource.Name == name).Value;

        internal IEnumerable<string> OfType(string type) => Resources.Where(resource => resource.Value.GetProperty("type").GetString() == type).Select(resource => resource.Name);
    }
}
