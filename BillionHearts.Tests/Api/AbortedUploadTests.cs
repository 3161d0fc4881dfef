namespace BillionHearts.Tests.Api;

/// <summary>Clients that disconnect at any point of an upload.</summary>
public sealed class AbortedUploadTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const int Length = 3_000_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_disconnects_at_any_point_leaves_nothing_behind(bool withReset)
    {
        var user = await Host.CreateUserAsync(Cancel);
        var id = (await Host.UploadAsync(user, TestImages.Png(9, 9), Cancel)).GetProperty("id").GetInt64();
        var before = (await Host.GetImageAsync(id, Cancel)).ToString();
        var blobs = await Host.CountBlobsAsync(Cancel);
        byte[] file = [.. TestImages.Jpeg(64, 48), .. new byte[Length]];

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async n =>
        {
            var request = new RawRequest(Host.Http.BaseAddress!);
            await request.SendAsync(Cancel, $"PUT /images/{id}/content HTTP/1.1", $"Content-Length: {file.Length}");
            await request.SendAsync(file.AsMemory(0, n * (file.Length / 20)), Cancel);

            if (withReset)
            {
                request.Abort();
            }
            else
            {
                request.Dispose();
            }
        }));

        var budget = (BillionHearts.Api.Uploads.Admission.ByteBudget)Host.App.Services.GetService(typeof(BillionHearts.Api.Uploads.Admission.ByteBudget))!;
        await Eventually.ReadAsync(_ => Task.FromResult(budget.Taken), until: taken => taken is 0, TimeSpan.FromSeconds(30), Cancel);
        await Eventually.ReadAsync(Host.CountBlobsAsync, until: now => now == blobs, TimeSpan.FromSeconds(30), Cancel);

        Assert.Equal(before, (await Host.GetImageAsync(id, Cancel)).ToString());
        // The relay's own transactions are open for a moment; one that an upload left would stay.
        await Eventually.ReadAsync(
            cancel => Host.Database.ScalarAsync<long>(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'", cancel),
            until: open => open is 0, TimeSpan.FromSeconds(30), Cancel);
    }
}
