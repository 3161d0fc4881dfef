using System.Net;
using System.Net.Sockets;
using System.Text;
using BillionHearts.Tests.Api;

namespace BillionHearts.Tests.Telemetry;

/// <summary>Who is to blame when an upload is not stored.</summary>
public sealed class UploadOutcomeTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task An_upload_with_a_fault_of_the_client_is_counted_as_refused()
    {
        var user = await Host.CreateUserAsync(Cancel);
        using var uploads = new RecordedCounter(Host.App.Services, "billionhearts.uploads");

        await Host.UploadAsync(user, TestImages.Png(20, 10), Cancel);
        using var unsupported = await Host.PostAsync(user, [1, 2, 3], Cancel);
        using var nobodys = await Host.PostAsync(user + 1_000_000, TestImages.Png(20, 10), Cancel);

        Assert.Equal(1, uploads.Counts["outcome=stored file_type=png"]);
        Assert.Equal(1, uploads.Counts["outcome=refused problem=unsupported-image"]);
        Assert.Equal(1, uploads.Counts["outcome=refused problem=user-not-found"]);
        Assert.Equal(3, uploads.Counts.Values.Sum());
    }

    [Fact]
    public async Task An_upload_that_an_outage_prevented_is_counted_as_failed()
    {
        var user = await Host.CreateUserAsync(Cancel);
        using var uploads = new RecordedCounter(Host.App.Services, "billionhearts.uploads");
        await Host.Database.AllowConnectionsAsync(false, Cancel);

        using var response = await Host.PostAsync(user, TestImages.Png(20, 10), Cancel);
        await Host.Database.AllowConnectionsAsync(true, Cancel);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal([new("outcome=failed problem=database-unavailable", 1)], uploads.Counts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upload_that_its_client_broke_off_is_counted_as_abandoned(bool abruptly)
    {
        using var uploads = new RecordedCounter(Host.App.Services, "billionhearts.uploads");

        using (var socket = new TcpClient(Host.Http.BaseAddress!.Host, Host.Http.BaseAddress.Port))
        {
            const string Begun = "--b\r\nContent-Disposition: form-data; name=\"user_id\"\r\n\r\n";
            await socket.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes($"POST /images/ HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000\r\n\r\n{Begun}"), Cancel);
            await Eventually.ReadAsync(_ => Task.FromResult(socket.Client.Poll(0, SelectMode.SelectWrite)), until: sent => sent, s_limit, Cancel);
            socket.LingerState = new LingerOption(abruptly, 0);
        }

        var counts = await Eventually.ReadAsync(_ => Task.FromResult(uploads.Counts.ToDictionary()), until: found => found.Count > 0, s_limit, Cancel);
        Assert.Equal([new("outcome=abandoned", 1)], counts);
    }
}
