using System.Net;
using System.Net.Sockets;
using BillionHearts.Notifications.Webhooks;
using BillionHearts.Notifications.Webhooks.Addresses;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Notifications.Webhooks;

/// <summary>What a connection may reach, with a resolver that the test scripts. A listener on this machine is what must not be reached.</summary>
public sealed class GuardedDialerTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public GuardedDialerTests() => _listener.Start();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1%1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("8.8.8.8,127.0.0.1")]
    [InlineData("8.8.8.8,fd00::1")]
    public async Task A_name_with_an_address_that_is_not_public_is_not_dialled(string addresses)
    {
        await Assert.ThrowsAsync<RefusedAddressException>(() => DialAsync("hooks.example.com", addresses.Split(',')));

        Assert.False(_listener.Pending());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_literal_address_is_checked_when_it_is_dialled(string host)
    {
        await Assert.ThrowsAsync<RefusedAddressException>(() => DialAsync(host, []));

        Assert.False(_listener.Pending());
    }

    [Fact]
    public async Task A_name_that_leads_elsewhere_after_its_registration_is_not_dialled()
    {
        Queue<string> answers = new(["8.8.8.8", "127.0.0.1"]);
        var policy = Policy(new WebhooksOptions(), _ => [IPAddress.Parse(answers.Dequeue())]);

        Assert.Null(await policy.FindFaultAsync("https://hooks.example.com/", Cancel));
        await Assert.ThrowsAsync<RefusedAddressException>(() => DialAsync(policy, "hooks.example.com"));
        Assert.False(_listener.Pending());
    }

    [Fact]
    public async Task The_connection_goes_to_the_checked_address_and_the_name_is_resolved_once()
    {
        var asked = 0;
        var policy = Policy(new WebhooksOptions { AllowLoopback = true }, _ =>
        {
            asked++;
            return [IPAddress.Loopback];
        });

        await DialAsync(policy, "hooks.example.com");

        Assert.Equal(1, asked);
        using var accepted = await _listener.AcceptTcpClientAsync(Cancel);
        Assert.True(accepted.Connected);
    }

    [Fact]
    public async Task Networks_that_the_operator_refuses_are_refused()
    {
        var policy = Policy(new WebhooksOptions { RefusedNetworks = ["8.8.0.0/16"] }, _ => [IPAddress.Parse("8.8.8.8")]);

        await Assert.ThrowsAsync<RefusedAddressException>(() => policy.ResolveAsync("hooks.example.com", Cancel));
        Assert.NotNull(await policy.FindFaultAsync("https://hooks.example.com/", Cancel));
    }

    [Theory]
    [InlineData("10.0.0.1", false)]
    [InlineData("8.8.8.8,192.168.0.1", false)]
    [InlineData("8.8.8.8", true)]
    [InlineData("", true)]
    public async Task A_registration_looks_at_what_the_name_leads_to_now(string addresses, bool isAccepted)
    {
        var policy = Policy(
            new WebhooksOptions(),
            _ => addresses.Length is 0 ? throw new SocketException((int)SocketError.HostNotFound) : [.. addresses.Split(',').Select(IPAddress.Parse)]);

        Assert.Equal(isAccepted, await policy.FindFaultAsync("https://hooks.example.com/", Cancel) is null);
    }

    [Fact]
    public async Task Names_that_nobody_answers_for_hold_few_lookups_and_addresses_are_checked()
    {
        var (asked, never, clock) = (0, new TaskCompletionSource<IPAddress[]>(), new ManualClock());
        var policy = new AddressPolicy(
            (_, _) =>
            {
                asked++;
                return never.Task;
            },
            Options.Create(new WebhooksOptions()), clock);
        var registrations = Enumerable.Range(0, 8).Select(i => policy.FindFaultAsync($"https://h{i}.example.com/", Cancel)).ToList();

        Assert.Null(await policy.FindFaultAsync("https://one-more.example.com/", Cancel));
        Assert.Equal(8, asked);
        Assert.NotNull(await policy.FindFaultAsync("https://10.0.0.1/", Cancel));

        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.All(await Task.WhenAll(registrations), Assert.Null);
    }

    private Task DialAsync(string host, string[] addresses) => DialAsync(Policy(new WebhooksOptions(), _ => [.. addresses.Select(IPAddress.Parse)]), host);

    /// <summary>Through the handler that calls the dialer, so that the test sees what a request would.</summary>
    private async Task DialAsync(AddressPolicy policy, string host)
    {
        var dialer = new GuardedDialer(policy, TimeProvider.System);
        using var handler = new SocketsHttpHandler { ConnectCallback = dialer.DialAsync, UseProxy = false };
        using var client = new HttpMessageInvoker(handler);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var sending = client.SendAsync(new HttpRequestMessage(HttpMethod.Get, new UriBuilder("http", host, Port).Uri), stop.Token);

        await Eventually.TrueAsync(() => sending.IsCompleted || _listener.Pending(), TimeSpan.FromSeconds(30), Cancel);
        await stop.CancelAsync();

        try
        {
            await sending;
        }
        catch (HttpRequestException exception) when (exception.InnerException is RefusedAddressException refused)
        {
            throw refused;
        }
        catch (OperationCanceledException)
        {
            // It was connected, and nobody answers.
        }
    }

    private static AddressPolicy Policy(WebhooksOptions options, Func<string, IPAddress[]> resolve) =>
        new((host, _) => Task.FromResult(resolve(host)), Options.Create(options), TimeProvider.System);
}
