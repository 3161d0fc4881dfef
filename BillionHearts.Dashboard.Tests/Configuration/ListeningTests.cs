using System.Net;
using System.Net.Sockets;
using BillionHearts.Dashboard.Configuration;
using Microsoft.Extensions.Configuration;

namespace BillionHearts.Dashboard.Tests.Configuration;

public sealed class ListeningTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Refused
    {
        get
        {
            var refused = new TheoryData<string, string>();

            foreach (var name in new[] { "ASPNETCORE_URLS", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL" })
            {
                foreach (var url in new[] { "http://0.0.0.0:18888", "http://[::]:18888", "http://*:18888", "http://+:18888", "http://192.168.1.7:18888", "http://example.com:18888", "https://localhost:18888" })
                {
                    refused.Add(name, url);
                }
            }

            return refused;
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void An_address_that_others_could_reach_is_refused_by_its_setting_and_value(string name, string url)
    {
        var refusal = Assert.Throws<SettingsException>(() => Read((name, url)));

        Assert.StartsWith($"{name} is '{url}': the dashboard", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("loopback only", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:18888")]
    [InlineData("http://127.0.0.1:18888")]
    [InlineData("http://[::1]:18888")]
    [InlineData("http://dashboard.dev.localhost:18888")]
    public void An_address_of_this_machine_is_taken(string url) => Assert.Equal(18888, Read(("ASPNETCORE_URLS", url)).Frontend.Single().Port);

    [Fact]
    public void Aspires_older_names_are_read_as_well()
    {
        var settings = Read(
            ("DOTNET_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:4317"),
            ("DOTNET_RESOURCE_SERVICE_ENDPOINT_URL", "http://localhost:5000"),
            ("Dashboard:Otlp:PrimaryApiKey", "one"),
            ("Dashboard:Otlp:SecondaryApiKey", "two"));

        Assert.Equal((4317, 5000), (settings.OtlpGrpc.Port, settings.ResourceService!.Port));
        Assert.Equal(["one", "two"], settings.OtlpApiKeys);
    }

    [Fact]
    public async Task It_does_not_start_on_every_address_and_says_why_in_one_sentence()
    {
        await using var dashboard = await DashboardProcess.StartAsync(Cancel, ("ASPNETCORE_URLS", "http://0.0.0.0:0"));

        Assert.Equal(1, await dashboard.ExitCodeAsync(Cancel));
        Assert.Equal("ASPNETCORE_URLS is 'http://0.0.0.0:0': the dashboard listens on loopback only. Use http://localhost:0.", dashboard.Output.Trim());
    }

    [Theory]
    [InlineData("Dashboard__TelemetryLimits__MaxStoreMegabytes", "0", "MaxStoreMegabytes")]
    [InlineData("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "nowhere", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL is 'nowhere'")]
    [InlineData("DASHBOARD__OTLP__AUTHMODE", "ApiKey", "PRIMARYAPIKEY is not set")]
    public async Task A_wrong_setting_is_named_without_a_stack_trace(string name, string value, string expected)
    {
        await using var dashboard = await DashboardProcess.StartAsync(Cancel, (name, value));

        Assert.Equal(1, await dashboard.ExitCodeAsync(Cancel));
        Assert.Contains(expected, dashboard.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", dashboard.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_named_without_a_stack_trace()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await using var dashboard = await DashboardProcess.StartAsync(Cancel, ("ASPNETCORE_URLS", $"http://127.0.0.1:{port}"));

        Assert.Equal(1, await dashboard.ExitCodeAsync(Cancel));
        Assert.Contains($"{port}: address already in use", dashboard.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", dashboard.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_port_of_it_answers_but_on_loopback()
    {
        await using var dashboard = await DashboardProcess.StartAsync(Cancel);
        var ports = dashboard.Output.Split('\n').Where(line => line.Contains("http://127.0.0.1:", StringComparison.Ordinal)).Select(line => new Uri(line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim()).Port).ToList();
        var others = (await Dns.GetHostAddressesAsync(Dns.GetHostName(), Cancel)).Where(address => address.AddressFamily is AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)).ToList();

        Assert.Equal(3, ports.Count);

        foreach (var endpoint in from address in others from port in ports select new IPEndPoint(address, port))
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            var refusal = await Assert.ThrowsAsync<SocketException>(async () => await socket.ConnectAsync(endpoint, Cancel));
            Assert.Equal(SocketError.ConnectionRefused, refusal.SocketErrorCode);
        }
    }

    private static DashboardSettings Read(params (string Name, string Value)[] settings) => DashboardSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value))).Build());
}
