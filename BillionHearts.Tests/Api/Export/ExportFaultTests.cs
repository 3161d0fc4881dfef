using System.Net;
using BillionHearts.Tests.Storage;

namespace BillionHearts.Tests.Api.Export;

/// <summary>Exports that cannot begin, that break off, or whose client disconnects.</summary>
public sealed class ExportFaultTests(ExportFixture fixture) : IClassFixture<ExportFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task An_export_is_503_when_the_store_is_away_before_the_first_byte()
    {
        await using var front = await FrontAsync();
        await using var host = await StartAsync(front);
        var user = await host.CreateUserAsync(Cancel);
        await host.UploadAsync(user, ExportFixture.Photo(), Cancel);
        (front.Fault, front.Faults) = (Fault.Answer503, int.MaxValue);

        using var response = await host.Http.GetAsync($"/users/{user}/images/export", Cancel);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Null(response.Content.Headers.ContentDisposition);
        Assert.EndsWith("/blob-store-unavailable", (await ApiHost.JsonAsync(response, Cancel)).GetProperty("type").GetString());
        front.Faults = 0;
    }

    [Theory]
    [InlineData(nameof(Fault.Answer503))]
    [InlineData(nameof(Fault.BreakBody))]
    public async Task A_store_outage_during_an_export_breaks_the_connection(string fault)
    {
        await using var front = await FrontAsync();
        await using var host = await StartAsync(front);
        var user = await host.CreateUserAsync(Cancel);

        for (var i = 0; i < 3; i++)
        {
            await host.UploadAsync(user, ExportFixture.Photo(), Cancel);
        }

        (front.Fault, front.Passes, front.Faults) = (Enum.Parse<Fault>(fault), 1, int.MaxValue);

        var broken = await Assert.ThrowsAnyAsync<Exception>(() => host.Http.GetByteArrayAsync($"/users/{user}/images/export", Cancel));

        Assert.True(broken is IOException || broken.InnerException is IOException, $"{broken}");
        front.Faults = 0;
        using var again = await host.Http.GetAsync($"/users/{user}/images/export", Cancel);
        using var zip = await ExportFixture.ReadAsync(again, Cancel);
        Assert.Equal(4, zip.Entries.Count);
    }

    [Fact]
    public async Task A_third_simultaneous_export_is_told_to_retry_until_another_has_ended()
    {
        var user = await Host.CreateUserAsync(Cancel);
        await Host.UploadAsync(user, ExportFixture.Unsendable(), Cancel);
        var address = $"/users/{user}/images/export";

        var first = await Host.Http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var second = await Host.Http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var third = await Host.Http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, Cancel);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (first.StatusCode, second.StatusCode, third.StatusCode));
        Assert.Equal(10, third.Headers.RetryAfter?.Delta?.TotalSeconds);
        Assert.EndsWith("/exports-busy", (await ApiHost.JsonAsync(third, Cancel)).GetProperty("type").GetString());

        first.Dispose();
        await Eventually.ReadAsync(
            async cancel =>
            {
                using var another = await Host.Http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancel);
                return another.StatusCode;
            },
            until: status => status is HttpStatusCode.OK, TimeSpan.FromSeconds(30), Cancel);
        using var zip = await ExportFixture.ReadAsync(second, Cancel);
        Assert.Equal(2, zip.Entries.Count);
    }

    private async Task<FaultyFront> FrontAsync()
    {
        var blobs = await (await fixture.App.AppAsync(Cancel)).GetConnectionStringAsync("blobs", Cancel);
        return await FaultyFront.StartAsync(blobs!, Cancel);
    }

    private Task<ApiHost> StartAsync(FaultyFront front) =>
        ApiHost.StartAsync(fixture.App, Cancel, ("ConnectionStrings:blobs", front.ConnectionString), ("BlobStore:Retries", "0"), ("Export:PageSize", "2"));
}
