using BillionHearts.Contracts;

namespace BillionHearts.Tests.Notifications;

public sealed class EventStreamTests(NotificationsFixture fixture) : IClassFixture<NotificationsFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private NotificationsHost Host => fixture.Host;

    [Fact]
    public async Task An_event_is_told_as_it_happens_with_all_that_a_client_needs()
    {
        var user = Events.NewUser();
        var told = Host.TakeAsync(user, lastEventId: null, 1, Cancel);
        var failed = Events.Failed(user);

        await Host.PublishAsync(failed, Cancel);
        var e = (await told).Single();

        Assert.Equal(("1", "image.failed"), (e.Id, e.Type));
        Assert.Equal(
            $$$"""{"event_id":"{{{failed.EventId}}}","type":"image.failed","image_id":{{{failed.ImageId}}},"user_id":{{{user}}},"version":1,"occurred_at":"2026-01-02T01:04:05+00:00","failure":{"reason":"corrupt","detail":"The image\u0027s data ends \u0022early\u0022.\nNothing was kept."}}""",
            e.Data.GetRawText());
    }

    [Fact]
    public async Task An_event_delivered_many_times_is_told_once()
    {
        var user = Events.NewUser();
        var repeated = Events.Analyzed(user);
        var last = Events.Analyzed(user);

        foreach (var e in new[] { repeated, repeated, repeated, last })
        {
            await Host.PublishAsync(e, Cancel);
        }

        var told = await Host.TakeAsync(user, "0", 2, Cancel);
        Assert.Equal([("1", repeated.EventId), ("2", last.EventId)], told.Select(e => (e.Id, e.EventId)));
    }

    [Fact]
    public async Task A_client_that_comes_back_again_and_again_gets_each_event_once_and_in_order()
    {
        const int Count = 60;
        var user = Events.NewUser();
        var published = Enumerable.Range(0, Count).Select(_ => Events.Analyzed(user)).ToList();
        var publishing = PublishAllAsync(published);
        var told = new List<StreamedEvent>();

        while (told.Count < Count)
        {
            told.AddRange(await Host.TakeAsync(user, told.Count == 0 ? "0" : told[^1].Id, Math.Min(7, Count - told.Count), Cancel));
        }

        await publishing;
        Assert.Equal(published.Select(e => e.EventId), told.Select(e => e.EventId));
        Assert.Equal(Enumerable.Range(1, Count).Select(id => $"{id}"), told.Select(e => e.Id));
    }

    [Fact]
    public async Task The_id_can_be_given_in_the_address_and_the_header_outdoes_it()
    {
        var user = Events.NewUser();
        await Host.AppendAsync(Events.Analyzed(user), Cancel);
        await Host.AppendAsync(Events.Analyzed(user), Cancel);

        Assert.StartsWith("id: 2\n", await FirstEventAsync($"/users/{user}/events?last_event_id=1", header: null), StringComparison.Ordinal);
        Assert.StartsWith("id: 1\n", await FirstEventAsync($"/users/{user}/events?last_event_id=1", header: "0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_opened_right_after_an_upload_tells_what_was_missed_and_not_what_is_long_past()
    {
        var user = Events.NewUser();
        await Host.AppendAsync(Events.Analyzed(user), Cancel);
        await Host.Database.ExecuteAsync($"UPDATE user_events SET recorded_at = now() - interval '10 minutes' WHERE user_id = {user}", Cancel);
        var missed = Events.Analyzed(user);
        await Host.AppendAsync(missed, Cancel);

        var told = await Host.TakeAsync(user, lastEventId: null, 1, Cancel);

        Assert.Equal(("2", missed.EventId), (told[0].Id, told[0].EventId));
    }

    [Fact]
    public async Task What_another_replica_stored_is_told_too()
    {
        var user = Events.NewUser();
        var first = Events.Analyzed(user);
        await Host.AppendAsync(first, Cancel);
        var told = Host.EventsAsync(user, "0", Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await told.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancel));

        var second = Events.Analyzed(user);
        await Host.AppendAsync(second, Cancel);

        Assert.True(await told.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancel));
        Assert.Equal(second.EventId, told.Current.EventId);
        await told.DisposeAsync();
    }

    [Fact]
    public async Task Nobody_is_told_of_another_user()
    {
        var (mine, theirs) = (Events.NewUser(), Events.NewUser());
        var told = Host.TakeAsync(mine, lastEventId: null, 1, Cancel);
        var own = Events.Analyzed(mine);

        await Host.PublishAsync(Events.Analyzed(theirs), Cancel);
        await Host.PublishAsync(own, Cancel);

        Assert.Equal(own.EventId, (await told).Single().EventId);
    }

    [Fact]
    public async Task A_silent_stream_says_that_it_is_alive_and_how_to_come_back()
    {
        using var response = await Host.OpenAsync(Events.NewUser(), lastEventId: null, Cancel);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));

        var first = await lines.ReadLineAsync(Cancel);
        await lines.ReadLineAsync(Cancel);
        var second = await lines.ReadLineAsync(Cancel);

        Assert.Equal(("retry: 2000", ": still here"), (first, second));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no", response.Headers.GetValues("X-Accel-Buffering").Single());
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task An_id_beyond_the_newest_event_misses_nothing_that_comes()
    {
        var user = Events.NewUser();
        await Host.AppendAsync(Events.Analyzed(user), Cancel);
        using var open = await Host.OpenAsync(user, "12345", Cancel);
        var next = Events.Analyzed(user);
        await Host.PublishAsync(next, Cancel);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        var told = await NotificationsHost.ReadAsync(open, limit.Token).FirstAsync(limit.Token);
        Assert.Equal(("2", next.EventId), (told.Id, told.EventId));
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
