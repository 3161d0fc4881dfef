using System.Net;
using System.Net.Sockets;
using BillionHearts.Hosting.Dashboard;
using BillionHearts.Hosting.Orchestration;
using BillionHearts.Hosting.Ports;
using BillionHearts.Hosting.Tests.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace BillionHearts.Hosting.Tests.Running;

/// <summary>The dashboard as the host keeps it; a script stands in for it, that only says what it was told.</summary>
public sealed class DashboardHostTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    private static readonly string[] s_addresses =
    [
        "ASPNETCORE_URLS", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dashboard-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Output => Path.Combine(_folder.FullName, "said");

    [Fact]
    public async Task It_is_told_where_to_listen_and_which_keys_open_it_and_projects_where_to_send()
    {
        await using var application = Application("env | sort > said.new; mv said.new said; exec sleep 600");
        application.Add("api", "exec sleep 600");
        await application.StartAsync();
        await Until.TrueAsync(() => File.Exists(Output), s_limit);

        var connection = application.App.Services.GetRequiredService<DashboardHost>().Connection!;
        var told = (await File.ReadAllLinesAsync(Output, Cancel)).Select(line => line.Split('=', 2)).Where(pair => pair.Length is 2).ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.Equal(
            ($"http://localhost:{connection.Frontend.Port}", $"http://localhost:{connection.ResourceService.Port}"),
            (told["ASPNETCORE_URLS"], told["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"]));
        Assert.Equal(
            (connection.BrowserToken, connection.OtlpApiKey, connection.ResourceServiceApiKey),
            (told["DASHBOARD__FRONTEND__BROWSERTOKEN"], told["DASHBOARD__OTLP__PRIMARYAPIKEY"], told["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"]));

        var api = await application.UntilAsync("api", "Running");
        var environment = api.Snapshot.EnvironmentVariables.ToDictionary(variable => variable.Name, variable => variable.Value);
        Assert.Equal($"http://localhost:{connection.OtlpGrpc.Port}", environment["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal($"x-otlp-api-key={connection.OtlpApiKey}", environment["OTEL_EXPORTER_OTLP_HEADERS"]);
    }

    [Fact]
    public async Task It_is_started_again_when_it_ends_and_ends_with_the_host()
    {
        await using (var application = Application("echo $$ >> said; [ $(wc -l < said) -gt 1 ] && exec sleep 600; exit 3"))
        {
            await application.StartAsync();
            await Until.TrueAsync(() => Pids().Length is 2, s_limit);
        }

        Assert.All(Pids(), pid => Assert.False(Directory.Exists($"/proc/{pid}")));
    }

    [Fact]
    public async Task An_address_that_others_could_reach_is_refused_and_named()
    {
        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => SettleAsync(("ASPNETCORE_URLS", "http://0.0.0.0:18888")));
        Assert.Equal("ASPNETCORE_URLS is 'http://0.0.0.0:18888'; the dashboard listens on loopback only: http://localhost:18888.", refusal.Message);
    }

    [Fact]
    public async Task A_port_in_use_is_one_sentence_with_the_setting_to_change()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => SettleAsync(("ASPNETCORE_URLS", $"http://localhost:{port}")));
        Assert.StartsWith($"Port {port} of the dashboard is in use", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("set ASPNETCORE_URLS=http://localhost:<port>.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_are_given_are_kept_and_those_that_are_not_are_new_each_time()
    {
        var (first, second) = (await SettleAsync(("AppHost:BrowserToken", "mine")), await SettleAsync(("AppHost:BrowserToken", "mine")));

        Assert.Equal(("mine", "mine"), (first.BrowserToken, second.BrowserToken));
        Assert.NotEqual(first.OtlpApiKey, second.OtlpApiKey);
        Assert.NotEqual(first.ResourceServiceApiKey, second.ResourceServiceApiKey);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string[] Pids() => File.Exists(Output) ? File.ReadAllLines(Output) : [];

    /// <summary>A clock on which each look takes longer than the patience with a port in use. All ports but the one named are free ones.</summary>
    private static async Task<DashboardConnection> SettleAsync((string Name, string Value) setting)
    {
        using var ports = new PortReservations();
        var free = s_addresses
            .ToDictionary(name => name, string? (_) => $"http://localhost:{ports.TakeFree()}");
        free[setting.Name] = setting.Value;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(free).Build();

        return await new DashboardPlan(configuration, ports, new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(4) }).SettleAsync(Cancel);
    }

    private ScriptApplication Application(string script)
    {
        var program = Path.Combine(_folder.FullName, "it");
        File.WriteAllText(program, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var application = new ScriptApplication();
        application.Builder.Services.AddSingleton(new HostSettings { AppHostName = "it", NativeToolsPath = "/nowhere", IsTest = true, DashboardPath = program + ".dll" });
        return application;
    }
}
