using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BillionHearts.Hosting.Tests.Servers;

public sealed class NginxServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_template_has_the_containers_variables_and_keeps_the_others()
    {
        await using var server = Containers.Nginx("""
            # ${NOBODY_SET_THIS}
            server { listen 80; location / { return 200 "${GREETING} $GREETING ${request_method} $uri"; } }
            """).With("GREETING", "hello");
        using var http = await StartAsync(server);

        Assert.Equal("hello hello GET /a", await http.GetStringAsync(new Uri("/a", UriKind.Relative), Cancel));
        Assert.StartsWith(
            "# ${NOBODY_SET_THIS}\n",
            await File.ReadAllTextAsync(Path.Combine(server.Folder, "private/etc/nginx/conf.d/default.conf"), Cancel),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nginx_listens_on_the_endpoints_port_and_on_loopback_only()
    {
        await using var server = Containers.Nginx("server { listen *:80 default_server; listen [::]:80; return 204; }");
        using var http = await StartAsync(server);

        Assert.Equal(HttpStatusCode.NoContent, (await http.GetAsync(new Uri("/", UriKind.Relative), Cancel)).StatusCode);
        // Stands for the machine's own address, which not every machine has: a server that listens on all addresses would answer here.
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(IPAddress.Parse("127.0.0.2"), server.Port));
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(IPAddress.IPv6Loopback, server.Port));
    }

    [Fact]
    public async Task A_stop_lets_a_request_under_way_finish()
    {
        using var upstream = new TcpListener(IPAddress.Loopback, 0);
        upstream.Start();
        await using var server = Containers.Nginx("server { listen 80; location / { return 204; } location /slow { proxy_pass http://${UPSTREAM}; } }")
            .With("UPSTREAM", $"{upstream.LocalEndpoint}");
        using var http = await StartAsync(server);
        var answer = http.GetStringAsync(new Uri("/slow", UriKind.Relative), Cancel);
        using var asked = await upstream.AcceptTcpClientAsync(Cancel);

        var stopped = server.StopAsync();
        await Eventually.TrueAsync(async _ => !await AcceptsAsync(server.Port), TimeSpan.FromSeconds(30), Cancel);
        await asked.GetStream().WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nlate"), Cancel);

        Assert.Equal("late", await answer);
        Assert.Equal(0, await stopped);
    }

    [Fact]
    public async Task A_removed_template_is_no_longer_served()
    {
        await using var server = Containers.Nginx("server { listen 80; return 204; }");
        var old = Path.Combine(server.Folder, "templates/old.conf.template");
        await File.WriteAllTextAsync(old, "server { listen 80; server_name old; return 418; }", Cancel);
        using (await StartAsync(server))
        {
            Assert.Equal(0, await server.StopAsync());
        }

        File.Delete(old);
        using var http = await StartAsync(server);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = "old" } };
        Assert.Equal(HttpStatusCode.NoContent, (await http.SendAsync(request, Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("server { listen 80; nonsense; }", "nginx failed with exit code 1: .*unknown directive \"nonsense\" in .*default\\.conf:1")]
    [InlineData("server { listen 81; }", "the nginx configuration has 'listen 81', but the resource has no endpoint with that port\\.$")]
    public async Task A_bad_template_is_one_sentence(string template, string sentence)
    {
        await using var server = Containers.Nginx(template);

        Assert.Matches($"^Resource 'it' cannot start: {sentence}", await server.RefusalAsync());
    }

    private static async Task<HttpClient> StartAsync(NativeServer server)
    {
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };
        await server.StartAsync(() => http.GetAsync(new Uri("/", UriKind.Relative), Cancel));
        return http;
    }

    private static async Task<bool> AcceptsAsync(int port)
    {
        try
        {
            await ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task ConnectAsync(IPAddress address, int port)
    {
        using var client = new TcpClient(address.AddressFamily);
        await client.ConnectAsync(address, port, Cancel);
    }
}
