using Azure.Storage.Blobs.Models;
using BillionHearts.Api.Pipeline.Removal;
using BillionHearts.ServiceDefaults.Work;
using BillionHearts.Storage;
using BillionHearts.Tests.Distributed;
using BillionHearts.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace BillionHearts.Tests.Api;

/// <summary>Blobs that nothing names are collected, and no other: not by mistake, and not by a database that is the wrong one.</summary>
public sealed class OrphanTests(AppHostFixture app) : IAsyncLifetime
{
    private static readonly byte[] s_png = TestImages.Png(40, 30);
    private static readonly OrphanOptions s_atOnce = new() { Grace = TimeSpan.Zero };

    private ApiHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync(app, Cancel);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Exactly_what_nothing_names_is_removed()
    {
        var user = await _host.CreateUserAsync(Cancel);
        var key = (await _host.UploadAsync(user, s_png, Cancel)).GetProperty("storage_path").GetString()!;
        using var announced = await _host.PostRawAsync(
            "application/json", System.Text.Encoding.UTF8.GetBytes($$"""{"user_id":{{user}},"original_filename":"a","width":1,"height":1,"file_size":1,"file_type":"png"}"""), Cancel);
        var awaited = (await ApiHost.JsonAsync(announced, Cancel)).GetProperty("storage_path").GetString()!;
        var part = "incoming" + NewKey()["originals".Length..];
        await _host.Database.ExecuteAsync(
            $"""
            INSERT INTO resumable_uploads (id, user_id, original_filename, metadata, length, upload_offset, expires_at) VALUES ('0123456789abcdef0123456789abcdef', {user}, 'a', '', 9, 3, now() + interval '1 day');
            INSERT INTO resumable_upload_parts (upload_id, start, length, blob_key) VALUES ('0123456789abcdef0123456789abcdef', 0, 3, '{part}')
            """, Cancel);
        string[] named = [key, BlobKeys.Rendition(key, "thumb"), "incoming" + awaited["originals".Length..], part, "elsewhere/file", "renditions/odd"];
        var orphan = NewKey();
        string[] orphans = [orphan, BlobKeys.Rendition(orphan, "preview"), BlobKeys.Rendition(NewKey(), "thumb"), "incoming" + NewKey()["originals".Length..]];
        await WriteAsync([.. named.Skip(1), .. orphans]);

        var report = await RunAsync(s_atOnce);

        Assert.Equal((OrphanVerdict.Collected, 4, 4), (report.Verdict, report.Found, report.Retired));
        await Eventually.ReadAsync(_ => ListAsync(), until: left => left.Count == named.Length, TimeSpan.FromSeconds(20), Cancel);
        Assert.Equal(named.Order(StringComparer.Ordinal), await ListAsync());
        Assert.Equal((OrphanVerdict.Collected, 0), ((report = await RunAsync(s_atOnce)).Verdict, report.Retired));
    }

    [Fact]
    public async Task What_is_younger_than_the_grace_is_left_alone()
    {
        await _host.UploadAsync(await _host.CreateUserAsync(Cancel), s_png, Cancel);
        await WriteAsync([NewKey(), BlobKeys.NewOriginal(TimeProvider.System.GetUtcNow().AddDays(-3))]);

        var report = await RunAsync(new OrphanOptions());

        Assert.Equal((0, 0), (report.Found, report.Retired));
        Assert.Equal(2, (await RunAsync(s_atOnce)).Retired);
    }

    [Fact]
    public async Task Against_an_empty_database_nothing_is_removed()
    {
        using var metrics = new Metrics();
        await _host.UploadAsync(await _host.CreateUserAsync(Cancel), s_png, Cancel);
        await _host.Database.ExecuteAsync("TRUNCATE images CASCADE", Cancel);

        var report = await RunAsync(s_atOnce);

        Assert.Equal((OrphanVerdict.DatabaseEmpty, 1, 0), (report.Verdict, report.Found, report.Retired));
        await AssertNothingRetiredAsync();
        Assert.True(metrics.Sum("billionhearts.orphans.stopped", "reason=database_empty") >= 1);
    }

    [Theory]
    [InlineData(3, 0.0, false)]
    [InlineData(4, 0.0, true)]
    [InlineData(0, 0.7, false)]
    [InlineData(0, 0.8, true)]
    public async Task More_than_can_be_true_are_all_left_alone(int maxCount, double maxShare, bool collects)
    {
        using var metrics = new Metrics();
        await _host.UploadAsync(await _host.CreateUserAsync(Cancel), s_png, Cancel);
        await WriteAsync([.. Enumerable.Range(0, 4).Select(_ => NewKey())]);

        var report = await RunAsync(s_atOnce with { MaxCount = maxCount, MaxShare = maxShare });

        Assert.Equal((collects ? OrphanVerdict.Collected : OrphanVerdict.TooMany, 5, 4, collects ? 4 : 0), (report.Verdict, report.Listed, report.Found, report.Retired));
        if (!collects)
        {
            await AssertNothingRetiredAsync();
            Assert.True(metrics.Sum("billionhearts.orphans.stopped", "reason=too_many") >= 1);
        }
    }

    [Fact]
    public async Task Without_a_database_or_a_whole_listing_nothing_is_removed_and_somebody_is_told()
    {
        using var metrics = new Metrics();
        await using var front = await FaultyFront.StartAsync((await (await app.AppAsync(Cancel)).GetConnectionStringAsync("blobs", Cancel))!, Cancel);
        await using var host = await ApiHost.StartAsync(app, Cancel, ("ConnectionStrings:blobs", front.ConnectionString), ("BlobStore:Retries", "0"));
        await host.UploadAsync(await host.CreateUserAsync(Cancel), s_png, Cancel);

        (front.Spoils, front.Fault, front.Faults) = (path => path.EndsWith(host.Container.Name, StringComparison.Ordinal), Fault.BreakBody, int.MaxValue);
        await host.CallAsync<OrphanCollector, NextRun>(collector => collector.RunAsync(Cancel));
        await host.Database.AllowConnectionsAsync(false, Cancel);
        await host.CallAsync<OrphanCollector, NextRun>(collector => collector.RunAsync(Cancel));
        await host.Database.AllowConnectionsAsync(true, Cancel);
        front.Faults = 0;

        Assert.True(metrics.Sum("billionhearts.orphans.stopped", "reason=failed") >= 2);
        Assert.Equal(1, await host.CountBlobsAsync(Cancel));
    }

    [Fact]
    public async Task One_replica_at_a_time_collects()
    {
        await _host.UploadAsync(await _host.CreateUserAsync(Cancel), s_png, Cancel);
        await WriteAsync([NewKey()]);
        await using (var other = new NpgsqlConnection(_host.Database.ConnectionString + ";Pooling=false"))
        {
            await other.OpenAsync(Cancel);
            await using var command = new NpgsqlCommand($"SELECT pg_advisory_lock({0x62_68_6F_72_70_68})", other);
            await command.ExecuteNonQueryAsync(Cancel);

            Assert.Equal(OrphanVerdict.NotOurTurn, (await RunAsync(s_atOnce)).Verdict);
        }

        await Eventually.ReadAsync(_ => RunAsync(s_atOnce), until: report => report.Retired is 1, TimeSpan.FromSeconds(10), Cancel);
    }

    [Fact]
    public async Task Uploads_that_go_on_meanwhile_lose_nothing()
    {
        var user = await _host.CreateUserAsync(Cancel);
        await _host.UploadAsync(user, s_png, Cancel);
        await WriteAsync([.. Enumerable.Range(0, 10).Select(_ => BlobKeys.NewOriginal(TimeProvider.System.GetUtcNow().AddDays(-3)))]);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var uploads = Task.Run(
            async () =>
            {
                var urls = new List<string>();
                while (!enough.IsCancellationRequested)
                {
                    urls.Add((await _host.UploadAsync(user, s_png, Cancel)).GetProperty("url").GetString()!);
                }

                return urls;
            },
            Cancel);
        for (var i = 0; i < 5; i++)
        {
            await RunAsync(new OrphanOptions { Grace = TimeSpan.FromHours(1) });
        }

        await enough.CancelAsync();
        var bytes = await Task.WhenAll((await uploads).Select(url => _host.Http.GetByteArrayAsync(url, Cancel)));
        Assert.NotEmpty(bytes);
        Assert.All(bytes, body => Assert.Equal(s_png, body));
        await AssertNothingRetiredAsync();
    }

    private static string NewKey() => BlobKeys.NewOriginal(TimeProvider.System.GetUtcNow());

    private async Task<OrphanReport> RunAsync(OrphanOptions options)
    {
        await using var scope = _host.App.Services.CreateAsyncScope();
        return await ActivatorUtilities.CreateInstance<OrphanCollection>(scope.ServiceProvider, Options.Create(options)).RunAsync(Cancel);
    }

    private async Task WriteAsync(string[] keys)
    {
        foreach (var key in keys)
        {
            await _host.Container.GetBlobClient(key).UploadAsync(new BinaryData("abc"u8.ToArray()), Cancel);
        }
    }

    private async Task<List<string>> ListAsync() =>
        await _host.Container.GetBlobsAsync(cancellationToken: Cancel).Select((BlobItem blob) => blob.Name).ToListAsync(Cancel);

    private async Task AssertNothingRetiredAsync() =>
        Assert.Equal(0, await _host.Database.ScalarAsync<long>("SELECT count(*) FROM retired_blobs", Cancel));
}
