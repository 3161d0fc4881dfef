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

/// <summary>Blobs that no row names are removed, and no others: also not when the database is empty or the wrong one.</summary>
public sealed class OrphanTests(AppHostFixture app) : IAsyncLifetime
{
    private static readonly byte[] s_png = TestImages.Png(40, 30);
    private static readonly OrphanOptions s_atOnce = new() { Grace = TimeSpan.Zero };

    private ApiHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync(app, Cancel);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task The_orphan_search_removes_exactly_the_blobs_that_no_row_names()
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
        await Eventually.ReadAsync(_ => ListAsync(), until: left => left.Count == named.Length, TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(named.Order(StringComparer.Ordinal), await ListAsync());
        Assert.Equal((OrphanVerdict.Collected, 0), ((report = await RunAsync(s_atOnce)).Verdict, report.Retired));
    }

    [Fact]
    public async Task The_orphan_search_leaves_blobs_younger_than_the_grace_period()
    {
        await _host.UploadAsync(await _host.CreateUserAsync(Cancel), s_png, Cancel);
        await WriteAsync([NewKey(), BlobKeys.NewOriginal(TimeProvider.System.GetUtcNow().AddDays(-3))]);

        var report = await RunAsync(new OrphanOptions());

        Assert.Equal((0, 0), (report.Found, report.Retired));
        Assert.Equal(2, (await RunAsync(s_atOnce)).Retired);
    }

    [Fact]
    public async Task The_orphan_search_removes_nothing_when_the_database_is_empty()
    {
        using var metrics = new RecordedMetrics();
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
    public async Task The_orphan_search_removes_nothing_when_too_many_are_found(int maxCount, double maxShare, bool collects)
    {
        using var metrics = new RecordedMetrics();
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
    public async Task An_orphan_search_that_fails_removes_nothing_and_is_counted()
    {
        using var metrics = new RecordedMetrics();
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
    public async Task The_orphan_search_runs_soon_after_the_start_and_every_six_hours()
    {
        var clock = new ManualClock();
        await _host.UploadAsync(await _host.CreateUserAsync(Cancel), s_png, Cancel);
        using var collector = ActivatorUtilities.CreateInstance<RecurringWork<OrphanCollector>>(
            _host.App.Services, OrphanCollector.Schedule(_host.App.Services), clock);
        using var metrics = new RecordedMetrics();
        await collector.StartAsync(Cancel);

        clock.Advance(await clock.WaitForTimerAsync(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), Cancel));
        for (var searches = 1; searches <= 3; searches++)
        {
            // The wait for the next search begins when a search has ended.
            await clock.WaitForTimersAsync(TimeSpan.FromHours(6), searches, Cancel);
            clock.Advance(TimeSpan.FromHours(6));
        }

        await collector.StopAsync(Cancel);
        Assert.Equal(0, metrics.Sum("billionhearts.orphans.stopped"));
    }

    [Fact]
    public async Task One_replica_at_a_time_searches_for_orphans()
    {
        await _host.UploadAsync(await _host.CreateUserAsync(Cancel), s_png, Cancel);
        await WriteAsync([NewKey()]);
        await using (var other = new NpgsqlConnection(_host.Database.ConnectionString + ";Pooling=false"))
        {
            await other.OpenAsync(Cancel);
            await using var command = new NpgsqlCommand($"SELECT pg_advisory_lock({0x62_68_6F_72_70_68})", other);
            await command.ExecuteNonQueryAsync(Cancel);

            Assert.Equal(OrphanVerdict.AlreadyRunning, (await RunAsync(s_atOnce)).Verdict);
        }

        await Eventually.ReadAsync(_ => RunAsync(s_atOnce), until: report => report.Retired is 1, TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task Uploads_during_an_orphan_search_lose_nothing()
    {
        var user = await _host.CreateUserAsync(Cancel);
        await _host.UploadAsync(user, s_png, Cancel);
        await WriteAsync([.. Enumerable.Range(0, 10).Select(_ => BlobKeys.NewOriginal(TimeProvider.System.GetUtcNow().AddDays(-3)))]);
        var uploaded = 0;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var uploads = Task.Run(
            async () =>
            {
                var urls = new List<string>();
                while (!enough.IsCancellationRequested)
                {
                    urls.Add((await _host.UploadAsync(user, s_png, Cancel)).GetProperty("url").GetString()!);
                    Interlocked.Increment(ref uploaded);
                }

                return urls;
            },
            Cancel);
        for (var i = 0; i < 5; i++)
        {
            // At least one more upload before each search.
            await Eventually.TrueAsync(() => Volatile.Read(ref uploaded) > i, TimeSpan.FromSeconds(30), Cancel);
            await RunAsync(new OrphanOptions { Grace = TimeSpan.FromHours(1) });
        }

        await enough.CancelAsync();
        var bytes = await Task.WhenAll((await uploads).Select(url => _host.Http.GetByteArrayAsync(url, Cancel)));
        Assert.InRange(bytes.Length, 5, int.MaxValue);
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
            await _host.Container.GetBlobClient(key).UploadAsync(new BinaryData("abc"u8.ToArray()), overwrite: true, Cancel);
        }
    }

    private async Task<List<string>> ListAsync() =>
        await _host.Container.GetBlobsAsync(cancellationToken: Cancel).Select((BlobItem blob) => blob.Name).ToListAsync(Cancel);

    private async Task AssertNothingRetiredAsync() =>
        Assert.Equal(0, await _host.Database.ScalarAsync<long>("SELECT count(*) FROM retired_blobs", Cancel));
}
