using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using BillionHearts.Tests.Distributed;
using BillionHearts.Tests.ServiceDefaults;
using Npgsql;

namespace BillionHearts.Tests.Api;

/// <summary>
/// The api is killed (SIGKILL) at each point between the commit of an upload and the acknowledgement of its result, and another
/// one continues. The point is chosen from outside: a lock holds up PostgreSQL, and a proxy in front of the broker holds up
/// its messages. Nothing may be lost, and nothing may be visible twice.
/// </summary>
public sealed class CrashTests(AppHostFixture app) : IAsyncLifetime
{
    private const long Lock = 0x6b_69_6c_6c;

    private static readonly byte[] s_file = TestImages.Jpeg(64, 48);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private ScratchDatabase _database = null!;
    private TestBroker _broker = null!;
    private BrokerFront _front = null!;
    private Dictionary<string, string> _settings = [];
    private ApiProcess? _api;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await MigratedDatabases.CreateAsync<ImagesDbContext>(app, beside: "imagesdb", Cancel);
        _broker = await TestBroker.CreateAsync(app, Cancel);
        _front = BrokerFront.Start(_broker.ConnectionString);
        _settings = new()
        {
            // Patient, because here a lock is held on purpose.
            ["ConnectionStrings:imagesdb"] = $"{_database.ConnectionString};Command Timeout=60;Options='-c lock_timeout=60s'",
            ["ConnectionStrings:messaging"] = _front.ConnectionString,
            ["ConnectionStrings:blobs"] = (await (await app.AppAsync(Cancel)).GetConnectionStringAsync("blobs", Cancel))!,
            ["BlobStore:Container"] = $"test-{Guid.NewGuid():n}",
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }

        await _front.DisposeAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task An_api_killed_between_commit_and_publish_of_an_upload_loses_nothing()
    {
        await StartAsync();
        _front.IsBlocked = true;
        var id = await UploadAsync();
        Assert.Equal(1, await OutboxAsync());

        await RestartAsync();

        await AnalyzeAsync(id, deliveries: 1);
    }

    [Fact]
    public async Task An_api_killed_before_the_broker_confirms_loses_nothing()
    {
        await StartAsync();
        // The first message makes sure that the connection is there: what follows is only the publishing.
        await AnalyzeAsync(await UploadAsync(), deliveries: 1);
        _front.IsSilent = true;
        var id = await UploadAsync();
        await WaitForWorkAsync();
        Assert.Equal(1, await OutboxAsync());

        await RestartAsync();

        await AnalyzeAsync(id, deliveries: 2);
    }

    [Fact]
    public async Task An_api_killed_between_confirm_and_removal_of_the_row_loses_nothing()
    {
        await using var hold = await HoldAsync("BEFORE DELETE ON outbox");
        await StartAsync();
        var id = await UploadAsync();
        await WaitForWorkAsync();
        await WaitForTheHeldAsync();

        await RestartAsync(hold);

        await AnalyzeAsync(id, deliveries: 2);
    }

    [Fact]
    public async Task An_api_killed_before_the_commit_of_a_result_loses_nothing()
    {
        await StartAsync();
        var id = await UploadAsync();
        await using var hold = await HoldAsync("AFTER INSERT ON inbox");
        var work = await TakeWorkAsync(deliveries: 1);
        await PublishResultAsync(work);
        await WaitForTheHeldAsync();

        await RestartAsync(hold);

        await AssertAnalyzedOnceAsync(id);
    }

    [Fact]
    public async Task An_api_killed_between_commit_and_acknowledgement_of_a_result_loses_nothing()
    {
        await StartAsync();
        var id = await UploadAsync();
        var work = await TakeWorkAsync(deliveries: 1);
        await Eventually.ReadAsync(_ => OutboxAsync(), until: left => left is 0, s_limit, Cancel);
        _front.IsBlocked = true;
        await PublishResultAsync(work);
        await Eventually.ReadAsync(cancel => _database.ScalarAsync<string>($"SELECT status FROM images WHERE id = {id}", cancel), until: status => status is "analyzed", s_limit, Cancel);

        await RestartAsync();

        await AssertAnalyzedOnceAsync(id);
        await Eventually.ReadAsync(
            cancel => _broker.UnsettledAsync(ImagesExchange.Queues.AnalysisResults, cancel), until: unsettled => unsettled is 0, s_limit, Cancel);
    }

    private async Task StartAsync() => _api = await ApiProcess.StartAsync(_settings, Cancel);

    private async Task RestartAsync(NpgsqlConnection? hold = null)
    {
        await _api!.KillAsync(Cancel);
        await _api.DisposeAsync();
        await _front.CutAsync();
        (_front.IsBlocked, _front.IsSilent) = (false, false);

        if (hold is not null)
        {
            await hold.CloseAsync();
        }

        await StartAsync();
    }

    private async Task<long> UploadAsync()
    {
        using var user = await _api!.Http.PostAsync("/users/", new StringContent($$"""{"username":"u-{{Guid.NewGuid():n}}"}""", Encoding.UTF8, "application/json"), Cancel);
        using var form = new MultipartFormDataContent
        {
            { new StringContent($"{(await ApiHost.JsonAsync(user, Cancel)).GetProperty("id")}"), "user_id" },
            { new ByteArrayContent(s_file) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } }, "file", "x.jpg" },
        };
        using var response = await _api.Http.PostAsync("/images/", form, Cancel);
        Assert.True(response.IsSuccessStatusCode);
        return (await ApiHost.JsonAsync(response, Cancel)).GetProperty("id").GetInt64();
    }

    /// <summary>Answers all delivered requests as a worker would, and asserts the outcome.</summary>
    private async Task AnalyzeAsync(long id, int deliveries)
    {
        await PublishResultAsync(await TakeWorkAsync(deliveries), times: deliveries);
        await AssertAnalyzedOnceAsync(id);
    }

    /// <summary>Every delivery of one request. There are no others: each test has a broker of its own.</summary>
    private async Task<AnalysisRequest> TakeWorkAsync(int deliveries)
    {
        await Eventually.ReadAsync(_ => OutboxAsync(), until: left => left is 0, s_limit, Cancel);
        var requests = new List<AnalysisRequest>();

        while (await _broker.TakeAsync(ImagesExchange.Queues.AnalysisFresh, Cancel) is { } message)
        {
            requests.Add(JsonSerializer.Deserialize<AnalysisRequest>(message.Body.Span)!);
        }

        Assert.Equal(deliveries, requests.Count);
        return requests.DistinctBy(request => request.MessageId).Single();
    }

    private async Task PublishResultAsync(AnalysisRequest work, int times = 1)
    {
        var result = JsonSerializer.SerializeToUtf8Bytes(TestResults.Analyzed(new PendingImage(work.ImageId, work.MessageId, work.Attempt)));

        for (var i = 0; i < times; i++)
        {
            await _broker.PublishAsync(ImagesExchange.Keys.Result, work.MessageId, result, Cancel);
        }
    }

    private async Task AssertAnalyzedOnceAsync(long id)
    {
        await Eventually.ReadAsync(
            async cancel =>
            {
                using var response = await _api!.Http.GetAsync($"/images/{id}", cancel);
                return (await ApiHost.JsonAsync(response, cancel)).GetProperty("status").GetString();
            },
            until: status => status is "analyzed", s_limit, Cancel);
        Assert.Equal(s_file, await _api!.Http.GetByteArrayAsync($"/images/{id}/download", Cancel));
        Assert.Equal(1, await _database.ScalarAsync<long>($"SELECT count(*) FROM analysis_attempts WHERE image_id = {id}", Cancel));

        await Eventually.ReadAsync(_ => OutboxAsync(), until: left => left is 0, s_limit, Cancel);
        var events = new HashSet<Guid>();
        while (await _broker.TakeAsync(ImagesExchange.Queues.Notifications, Cancel) is { } message)
        {
            events.Add(JsonSerializer.Deserialize<ImageEvent>(message.Body.Span)!.EventId);
        }

        // That it was uploaded, and that it was analyzed.
        Assert.Equal(2, events.Count);
    }

    private Task<long> OutboxAsync() => _database.ScalarAsync<long>("SELECT count(*) FROM outbox", Cancel);

    private async Task WaitForWorkAsync() => await Eventually.ReadAsync(
        async cancel =>
        {
            try
            {
                return await _broker.ReadyAsync(ImagesExchange.Queues.AnalysisFresh, cancel);
            }
            catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
            {
                // The queue is declared with the first message.
                return 0u;
            }
        },
        until: ready => ready is 1, s_limit, Cancel);

    /// <summary>From now on every such change waits for as long as the connection is open.</summary>
    private async Task<NpgsqlConnection> HoldAsync(string change)
    {
        await _database.ExecuteAsync(
            $"""
            CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared({Lock}); IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$;
            CREATE TRIGGER held {change} FOR EACH ROW EXECUTE FUNCTION held();
            """,
            Cancel);
        var hold = new NpgsqlConnection(_database.ConnectionString + ";Pooling=false");
        await hold.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand($"SELECT pg_advisory_lock({Lock})", hold);
        await command.ExecuteNonQueryAsync(Cancel);
        return hold;
    }

    private async Task WaitForTheHeldAsync() => await Eventually.ReadAsync(
        cancel => _database.ScalarAsync<long>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())", cancel),
        until: waiting => waiting >= 1, s_limit, Cancel);
}
