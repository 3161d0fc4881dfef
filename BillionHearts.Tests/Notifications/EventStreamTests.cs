using BillionHearts.Contracts;

namespace BillionHearts.Tests.Notifications;

public sealed class EventStreamTests(NotificationsFixture fixture) : IClassFixture<NotificationsFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private NotificationsHost Host => fixture.Host;

    [Fact]
    public async Task An_event_is_sent_as_it_happens_with_all_that_a_client_needs()
    {
        var user = TestEvents.NewUser();
        var received = Host.TakeAsync(user, lastEventId: null, 1, Cancel);
        var failed = TestEvents.Failed(user);

        await Host.PublishAsync(failed, Cancel);
        var e = (await received).Single();

        Assert.Equal(("1", "image.failed"), (e.Id, e.Type));
        Assert.Equal(
            $$$"""{"event_id":"{{{failed.EventId}}}","type":"image.failed","image_id":{{{failed.ImageId}}},"user_id":{{{user}}},"version":1,"occurred_at":"2026-01-02T01:04:05+00:00","failure":{"reason":"corrupt","detail":"The image\u0027s data ends \u0022early\u0022.\nNothing was kept."}}""",
            e.Data.GetRawText());
    }

    [Fact]
    public async Task Near_duplicates_are_sent_with_their_distances()
    {
        var user = TestEvents.NewUser();
        await Host.PublishAsync(
            TestEvents.Analyzed(user) with { Type = ImagesExchange.Keys.Duplicates, Duplicates = [new DuplicateImage(7, 0, true), new DuplicateImage(8, 3, false)] }, Cancel);
        await Host.PublishAsync(TestEvents.Analyzed(user) with { Type = ImagesExchange.Keys.Restored }, Cancel);

        var received = await Host.TakeAsync(user, "0", 2, Cancel);

        Assert.Equal(["image.duplicates", "image.restored"], received.Select(e => e.Type));
        Assert.Equal(
            """[{"image_id":7,"distance":0,"exact":true},{"image_id":8,"distance":3,"exact":false}]""", received[0].Data.GetProperty("duplicates").GetRawText());
        Assert.False(received[1].Data.TryGetProperty("duplicates", out _));
    }

    [Fact]
    public async Task An_event_that_is_delivered_many_times_is_sent_once()
    {
        var user = TestEvents.NewUser();
        var repeated = TestEvents.Analyzed(user);
        var last = TestEvents.Analyzed(user);

        foreach (var e in new[] { repeated, repeated, repeated, last })
        {
            await Host.PublishAsync(e, Cancel);
        }

        var received = await Host.TakeAsync(user, "0", 2, Cancel);
        Assert.Equal([("1", repeated.EventId), ("2", last.EventId)], received.Select(e => (e.Id, e.EventId)));
    }

    [Fact]
    public async Task A_client_that_reconnects_repeatedly_gets_each_event_once_and_in_order()
    {
        const int Count = 60;
        var user = TestEvents.NewUser();
        var published = Enumerable.Range(0, Count).Select(_ => TestEvents.Analyzed(user)).ToList();
        var publishing = PublishAllAsync(published);
        var received = new List<ReceivedEvent>();

        while (received.Count < Count)
        {
            received.AddRange(await Host.TakeAsync(user, received.Count == 0 ? "0" : received[^1].Id, Math.Min(7, Count - received.Count), Cancel));
        }

        await publishing;
        Assert.Equal(published.Select(e => e.EventId), received.Select(e => e.EventId));
        Assert.Equal(Enumerable.Range(1, Count).Select(id => $"{id}"), received.Select(e => e.Id));
    }

    [Fact]
    public async Task The_last_event_id_may_be_in_the_query_and_the_header_overrides_it()
    {
        var user = TestEvents.NewUser();
        await Host.AppendAsync(TestEvents.Analyzed(user), Cancel);
        await Host.AppendAsync(TestEvents.Analyzed(user), Cancel);

        Assert.StartsWith("id: 2\n", await FirstEventAsync($"/users/{user}/events?last_event_id=1", header: null), StringComparison.Ordinal);
        Assert.StartsWith("id: 1\n", await FirstEventAsync($"/users/{user}/events?last_event_id=1", header: "0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_stream_begins_with_the_events_of_the_last_minute()
    {
        var user = TestEvents.NewUser();
        await Host.AppendAsync(TestEvents.Analyzed(user), Cancel);
        await Host.Database.ExecuteAsync($"UPDATE user_events SET recorded_at = now() - interval '10 minutes' WHERE user_id = {user}", Cancel);
        var missed = TestEvents.Analyzed(user);
        await Host.AppendAsync(missed, Cancel);

        var received = await Host.TakeAsync(user, lastEventId: null, 1, Cancel);

        Assert.Equal(("2", missed.EventId), (received[0].Id, received[0].EventId));
    }

    [Fact]
    public async Task An_event_that_another_replica_stored_is_sent()
    {
        var user = TestEvents.NewUser();
        var first = TestEvents.Analyzed(user);
        await Host.AppendAsync(first, Cancel);
        var received = Host.EventsAsync(user, "0", Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await received.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel));

        var second = TestEvents.Analyzed(user);
        await Host.AppendAsync(second, Cancel);

        Assert.True(await received.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel));
        Assert.Equal(second.EventId, received.Current.EventId);
        await received.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_contains_no_events_of_another_user()
    {
        var (mine, theirs) = (TestEvents.NewUser(), TestEvents.NewUser());
        var received = Host.TakeAsync(mine, lastEventId: null, 1, Cancel);
        var own = TestEvents.Analyzed(mine);

        await Host.PublishAsync(TestEvents.Analyzed(theirs), Cancel);
        await Host.PublishAsync(own, Cancel);

        Assert.Equal(own.EventId, (await received).Single().EventId);
    }

    [Fact]
    public async Task A_last_event_id_beyond_the_newest_event_misses_no_new_event()
    {
        var user = TestEvents.NewUser();
        await Host.AppendAsync(TestEvents.Analyzed(user), Cancel);
        using var open = await Host.OpenAsync(user, "12345", Cancel);
        var next = TestEvents.Analyzed(user);
        await Host.PublishAsync(next, Cancel);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        var received = await NotificationsHost.ReadAsync(open, limit.Token).FirstAsync(limit.Token);
        Assert.Equal(("2", next.EventId), (received.Id, received.EventId));
    }

    private async Task PublishAllAsync(IEnumerable<ImageEvent> events)
    {
        foreach (var e in events)
        {
            await Host.PublishAsync(e, Cancel);
        }
    }

    private async Task<string> FirstEventAsync(string address, string? header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);

        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", header);
        }

        using var response = await Host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        await lines.ReadLineAsync(Cancel);
        await lines.ReadLineAsync(Cancel);

        return await lines.ReadLineAsync(Cancel) + "\n";
    }
}
