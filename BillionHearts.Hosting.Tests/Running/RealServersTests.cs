using BillionHearts.Hosting.ApplicationModel;
using BillionHearts.Hosting.Data;
using BillionHearts.Hosting.Orchestration;
using BillionHearts.Hosting.Testing;
using BillionHearts.Hosting.Tests.Processes;
using BillionHearts.Hosting.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RabbitMQ.Client;

namespace BillionHearts.Hosting.Tests.Running;

/// <summary>PostgreSQL, RabbitMQ, Azurite and nginx together, described as containers and run as processes.</summary>
public sealed class RealServersTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_four_become_healthy_survive_a_stop_and_leave_nothing()
    {
        var templates = Directory.CreateTempSubdirectory("gateway-").FullName;
        File.SetUnixFileMode(templates, File.GetUnixFileMode(templates) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        await File.WriteAllTextAsync(
            Path.Combine(templates, "default.conf.template"), "server { listen ${PORT}; location / { return 200 'edge'; } }", Cancel);

        int[] processes;
        string folder;
        await using (var app = await StartAsync(templates))
        {
            folder = app.Services.GetRequiredService<DataFolder>().Root;
            processes = [.. app.Services.GetRequiredService<RunnerRegistry>().All.Select(runner => runner.Instance.Snapshot.ProcessId).OfType<int>()];
            Assert.Equal(4, processes.Length);

            await ADatabaseIsThereAndKeepsWhatIsWritten(app);
            await ABrokerComesBackAfterAStop(app);
            using var client = app.CreateHttpClient("gateway");
            Assert.Equal("edge", await client.GetStringAsync("/", Cancel));
        }

        await Until.TrueAsync(() => processes.All(id => !Directory.Exists($"/proc/{id}")), TimeSpan.FromSeconds(10));
        Assert.False(Directory.Exists(folder));
        Directory.Delete(templates, recursive: true);
    }

    private static async Task<DistributedApplication> StartAsync(string templates)
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        builder.Services.AddSingleton(new HostSettings { AppHostName = "it", NativeToolsPath = NativeServer.ToolsPath, IsTest = true });
        builder.AddPostgres("postgres").WithDataVolume().AddDatabase("imagesdb", "Images \"2\"");
        builder.AddRabbitMQ("messaging").WithManagementPlugin().WithDataVolume();
        builder.AddContainer("blobs", "mcr.microsoft.com/azure-storage/azurite:3.37.0")
            .WithArgs("azurite-blob", "--blobHost", "0.0.0.0", "--location", "/data", "--skipApiVersionCheck")
            .WithVolume("blobs", "/data")
            .WithEndpoint(targetPort: 10000, name: "blob", scheme: "http")
            .WithHttpHealthCheck("/devstoreaccount1?comp=list", statusCode: 403, endpointName: "blob");
        var gateway = builder.AddContainer("gateway", "nginx", "1.28").WithHttpEndpoint(port: 8080, targetPort: 80)
            .WithBindMount(templates, "/etc/nginx/templates", isReadOnly: true);
        gateway.WithEnvironment("PORT", gateway.GetEndpoint("http").Property(EndpointProperty.TargetPort)).WithHttpHealthCheck("/");

        var app = await builder.BuildAsync(Cancel);
        await app.StartAsync(Cancel);

        foreach (var name in new[] { "imagesdb", "messaging", "blobs", "gateway" })
        {
            await HealthyAsync(app, name);
        }

        return app;
    }

    private static async Task HealthyAsync(DistributedApplication app, string name)
    {
        try
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync(name, Cancel).WaitAsync(s_limit, Cancel);
        }
        catch (TimeoutException)
        {
            var instance = app.Services.GetRequiredService<RunnerRegistry>().Find(name)!.Instance;
            Assert.Fail($"'{name}' is not healthy within {s_limit}: {instance.Snapshot}, {string.Join(", ", instance.Snapshot.HealthReports)}\n"
                + string.Join('\n', instance.Log.Read().Select(line => $"{line.Timestamp:HH:mm:ss.fff} {line.Text}")));
        }
    }

    private static async Task ADatabaseIsThereAndKeepsWhatIsWritten(DistributedApplication app)
    {
        // A pool would hand out connections of the server before the stop.
        var connectionString = await app.GetConnectionStringAsync("imagesdb", Cancel) + ";Pooling=false";
        await ExecuteAsync(connectionString, "CREATE TABLE kept AS SELECT 42 AS answer");

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("postgres", KnownResourceCommands.RestartCommand, Cancel)).Success);
        await HealthyAsync(app, "imagesdb");

        Assert.Equal(42, await ExecuteAsync(connectionString, "SELECT answer FROM kept"));
    }

    private static async Task ABrokerComesBackAfterAStop(DistributedApplication app)
    {
        var factory = new ConnectionFactory { Uri = new((await app.GetConnectionStringAsync("messaging", Cancel))!), AutomaticRecoveryEnabled = false };
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("messaging", KnownResourceCommands.StopCommand, Cancel)).Success);
        await Assert.ThrowsAnyAsync<Exception>(() => factory.CreateConnectionAsync(Cancel));

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync("messaging", KnownResourceCommands.StartCommand, Cancel)).Success);
        await HealthyAsync(app, "messaging");
        await using var connection = await factory.CreateConnectionAsync(Cancel);
        Assert.True(connection.IsOpen);
    }

    private static async Task<object?> ExecuteAsync(string connectionString, string statement)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(statement);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
