using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using BillionHearts.Contracts;
using BillionHearts.Tests.Api.Duplicates;
using BillionHearts.Tests.Distributed;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BillionHearts.Tests.Api.Edge;

/// <summary>Every gateway is told about a deletion, whatever goes wrong. The gateways are servers that record their requests and fail on demand.</summary>
public sealed class EdgeSweepTests(AppHostFixture app)
{
    private const string Key = "an edge key of at least 32 characters";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_gateway_is_purged_of_each_address_three_times()
    {
        await using var one = await ListeningServer.StartAsync(Cancel);
        await using var other = await ListeningServer.StartAsync(Cancel);
        await using var host = await ApiHost.StartAsync(
            app, Cancel, ("Edge:Gateways:0", one.Address), ("Edge:Gateways:1", other.Address), ("Edge:Key", Key));
        var path = await DeletedAsync(host);

        foreach (var server in new[] { one, other })
        {
            await Eventually.ReadAsync(_ => Task.FromResult(server.Asked(path)), until: times => times >= 2, TimeSpan.FromSeconds(30), Cancel);
            Assert.All(server.Keys, key => Assert.Equal($"key {Key}", key));
        }

        // The third time is after more than a minute, which is not waited for here.
        await Eventually.ReadAsync(cancel => host.Database.ScalarAsync<int>("SELECT sweeps FROM retired_media_keys", cancel), until: sweeps => sweeps is 2, TimeSpan.FromSeconds(30), Cancel);
        await host.Database.ExecuteAsync("UPDATE retired_media_keys SET sweep_due_at = now()", Cancel);
        await Eventually.ReadAsync(
            cancel => host.Database.ScalarAsync<long>("SELECT count(*) FROM retired_media_keys WHERE sweep_due_at IS NOT NULL", cancel), until: due => due is 0, TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(3, one.Asked(path));
    }

    [Theory]
    [InlineData(502)]
    [InlineData(200)]
    public async Task A_gateway_is_purged_again_until_it_answers_410(int answer)
    {
        await using var server = await ListeningServer.StartAsync(Cancel);
        server.Answer = answer;
        await using var host = await ApiHost.StartAsync(app, Cancel, ("Edge:Gateways:0", server.Address), ("Edge:Key", Key));
        var path = await DeletedAsync(host);

        await Eventually.ReadAsync(_ => Task.FromResult(server.Asked(path)), until: times => times >= 2, TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(0, await host.Database.ScalarAsync<int>("SELECT sweeps FROM retired_media_keys", Cancel));

        server.Answer = 410;
        await Eventually.ReadAsync(cancel => host.Database.ScalarAsync<int>("SELECT sweeps FROM retired_media_keys", cancel), until: sweeps => sweeps > 0, TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task A_gateway_is_asked_for_a_restored_image_until_it_has_the_bytes()
    {
        await using var server = await ListeningServer.StartAsync(Cancel);
        await using var host = await ApiHost.StartAsync(app, Cancel, ("Edge:Gateways:0", server.Address), ("Edge:Key", Key));
        var user = await host.CreateUserAsync(Cancel);
        var (kept, merged) = (await host.AddAsync(user, 1, width: 60), await host.AddAsync(user, 1, width: 40));
        var path = PathOf(await host.GetImageAsync(merged, Cancel));
        await (await host.Http.PostAsJsonAsync($"/images/{kept}/merge", new { duplicates = new[] { merged } }, Cancel)).OkAsync();
        await Eventually.ReadAsync(_ => Task.FromResult(server.Asked(path)), until: times => times >= 1, TimeSpan.FromSeconds(30), Cancel);

        await (await host.Http.DeleteAsync($"/images/{kept}/merge", Cancel)).OkAsync();
        var before = server.Asked(path);
        await Eventually.ReadAsync(_ => Task.FromResult(server.Asked(path)), until: times => times >= before + 2, TimeSpan.FromSeconds(30), Cancel);

        server.Answer = 200;
        await Eventually.ReadAsync(
            cancel => host.Database.ScalarAsync<long>("SELECT count(*) FROM retired_media_keys WHERE is_restored AND sweeps > 0", cancel),
            until: restored => restored is 1, TimeSpan.FromSeconds(30), Cancel);
        // The third time is after more than a minute, which is not waited for here.
        await Eventually.ReadAsync(
            async cancel =>
            {
                await host.Database.ExecuteAsync("UPDATE retired_media_keys SET sweep_due_at = now() WHERE sweeps >= 2", cancel);
                return await host.Database.ScalarAsync<long>("SELECT count(*) FROM retired_media_keys", cancel);
            },
            until: rows => rows is 0, TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task Renditions_are_loaded_into_the_gateways_cache_where_warming_is_on()
    {
        await using var server = await ListeningServer.StartAsync(Cancel);
        server.Answer = 200;
        await using var host = await ApiHost.StartAsync(app, Cancel, ("Edge:Gateways:0", server.Address), ("Edge:Key", Key), ("Edge:Warm", "true"));
        var image = await host.UploadAsync(await host.CreateUserAsync(Cancel), TestImages.Jpeg(640, 480), Cancel);

        var result = TestResults.Analyzed(await TestResults.PendingAsync(host, image.GetProperty("id").GetInt64(), Cancel));
        await host.Broker.PublishAsync(ImagesExchange.Keys.Result, result.RequestId, JsonSerializer.SerializeToUtf8Bytes(result), Cancel);

        var thumb = PathOf(image).Replace("/original", "/thumb", StringComparison.Ordinal);
        await Eventually.ReadAsync(_ => Task.FromResult(server.Asked(thumb)), until: times => times is 1, TimeSpan.FromSeconds(30), Cancel);
        Assert.All(server.Keys, key => Assert.Equal("", key));
    }

    [Fact]
    public async Task An_edge_key_that_is_too_short_is_refused_at_the_start()
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var host = await ApiHost.StartAsync(app, Cancel, ("Edge:Gateways:0", "http://127.0.0.1:1"), ("Edge:Key", "short"));
        });

        Assert.Contains("Edge:Key must have at least 32 characters", refused.ToString());
    }

    private static async Task<string> DeletedAsync(ApiHost host)
    {
        var image = await host.UploadAsync(await host.CreateUserAsync(Cancel), TestImages.Jpeg(64, 48), Cancel);
        using var deleted = await host.Http.DeleteAsync($"/images/{image.GetProperty("id")}", Cancel);
        Assert.True(deleted.IsSuccessStatusCode);
        return PathOf(image);
    }

    private static string PathOf(JsonElement image) => new Uri(image.GetProperty("url").GetString()!).AbsolutePath;

    private sealed class ListeningServer(WebApplication app) : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, string Key)> _asked = [];

        public int Answer { get; set; } = 410;

        public string Address => app.Urls.Single();

        public IEnumerable<string> Keys => _asked.Select(asked => asked.Key);

        public static async Task<ListeningServer> StartAsync(CancellationToken cancellationToken)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var server = new ListeningServer(app);
            app.Run(http =>
            {
                server._asked.Enqueue((http.Request.Path, http.Request.Headers["X-Edge-Refresh"].ToString()));
                http.Response.StatusCode = server.Answer;
                return Task.CompletedTask;
            });
            await app.StartAsync(cancellationToken);
            return server;
        }

        public int Asked(string path) => _asked.Count(asked => asked.Path == path);

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
