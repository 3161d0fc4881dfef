using System.Net;
using BillionHearts.Tests.Distributed;

namespace BillionHearts.Tests.Api;

public sealed class WarmUpTests(AppHostFixture app)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_api_is_ready_once_its_own_paths_have_run_and_nothing_of_them_remains()
    {
        await using var api = await ApiHost.StartAsync(app, Cancel, ("WarmUp:Rounds", "4"));

        await ReadyAsync(api);

        Assert.Equal(0, await api.CountBlobsAsync(Cancel));
        Assert.Equal(0, await api.Database.ScalarAsync<long>("SELECT (SELECT count(*) FROM images) + (SELECT count(*) FROM users) + (SELECT count(*) FROM outbox)", Cancel));
    }

    [Fact]
    public async Task The_api_is_not_ready_while_it_warms_up_and_is_ready_after_the_limit()
    {
        await using var api = await ApiHost.StartAsync(app, Cancel, ("WarmUp:Rounds", "1000"), ("WarmUp:Limit", "00:00:05"));

        using var early = await api.Http.GetAsync("/health", Cancel);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, early.StatusCode);
        Assert.Contains("The service is warming up.", await early.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        await ReadyAsync(api);
    }

    private static async Task ReadyAsync(ApiHost api) => (await Eventually.ReadAsync(
        cancel => api.Http.GetAsync("/health", cancel), until: response => response.IsSuccessStatusCode, s_limit, Cancel)).Dispose();
}
