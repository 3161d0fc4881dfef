using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BillionHearts.Contracts;
using BillionHearts.Notifications.Streaming;
using Microsoft.Extensions.DependencyInjection;

namespace BillionHearts.Tests.Notifications;

/// <summary>The list of notifications, their read marks, and the long poll.</summary>
public sealed class InboxTests(NotificationsFixture fixture) : IClassFixture<NotificationsFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private NotificationsHost Host => fixture.Host;

    [Fact]
    public async Task Pages_have_each_event_once_newest_first_while_others_arrive()
    {
        var user = TestEvents.NewUser();
        await AppendAsync(user, 5);

        var (first, link) = await ListAsync($"/users/{user}/notifications?limit=2");
        await AppendAsync(user, 3);
        var (second, next) = await ListAsync(link!);
        var (third, last) = await ListAsync(next!);

        Assert.Equal(["5", "4", "3", "2", "1"], new[] { first, second, third }.SelectMany(Ids));
        Assert.Null(last);
    }

    [Fact]
    public async Task A_notification_has_what_the_stream_has_and_when_it_was_read()
    {
        var user = TestEvents.NewUser();
        var failed = TestEvents.Failed(user);
        await Host.AppendAsync(failed, Cancel);
        await Host.AppendAsync(TestEvents.Analyzed(user) with { Type = ImagesExchange.Keys.Duplicates, Duplicates = [new DuplicateImage(7, 0, true)] }, Cancel);

        var (page, _) = await ListAsync($"/users/{user}/notifications");

        var (duplicates, failure) = (page.GetProperty("notifications")[0], page.GetProperty("notifications")[1]);
        Assert.Equal("""[{"image_id":7,"distance":0,"exact":true}]""", duplicates.GetProperty("duplicates").GetRawText());
        Assert.Equal((failed.EventId, "image.failed", failed.ImageId, "corrupt"), (
            failure.GetProperty("event_id").GetGuid(), failure.GetProperty("type").GetString(), failure.GetProperty("image_id").GetInt64(),
            failure.GetProperty("failure").GetProperty("reason").GetString()));
        Assert.False(failure.TryGetProperty("read_at", out _));
    }

    [Fact]
    public async Task Marking_as_read_by_id_and_up_to_an_id_lowers_the_unread_count()
    {
        var user = TestEvents.NewUser();
        await AppendAsync(user, 5);

        Assert.Equal(4, await MarkAsync(user, new { ids = List(4, 99) }));
        Assert.Equal(2, await MarkAsync(user, new { up_to = 2 }));
        Assert.Equal(2, await MarkAsync(user, new { up_to = 2, ids = List(4) }));

        var (unread, _) = await ListAsync($"/users/{user}/notifications?unread=true");
        var (all, _) = await ListAsync($"/users/{user}/notifications");
        Assert.Equal(["5", "3"], Ids(unread));
        Assert.Equal(["4", "2", "1"], Ids(all, one => one.TryGetProperty("read_at", out _)));
        Assert.Equal((2, 2), (unread.GetProperty("unread_count").GetInt32(), all.GetProperty("unread_count").GetInt32()));
    }

    [Fact]
    public async Task A_filter_by_type_shows_only_events_of_these_types()
    {
        var user = TestEvents.NewUser();
        await Host.AppendAsync(TestEvents.Failed(user), Cancel);
        await Host.AppendAsync(TestEvents.Analyzed(user) with { Type = ImagesExchange.Keys.Uploaded }, Cancel);
        await Host.AppendAsync(TestEvents.Analyzed(user), Cancel);

        var (some, link) = await ListAsync($"/users/{user}/notifications?type=image.failed&type=image.uploaded&limit=1");
        var (rest, _) = await ListAsync(link!);

        Assert.Equal(["2", "1"], Ids(some).Concat(Ids(rest)));
    }

    [Fact]
    public async Task A_long_poll_answers_at_once_with_what_is_there_and_else_with_the_next()
    {
        var user = TestEvents.NewUser();
        await AppendAsync(user, 2);

        var (there, _) = await ListAsync($"/users/{user}/notifications?after=1&wait=30");
        var waiting = ListAsync($"/users/{user}/notifications?after=2&wait=30");
        await Host.PublishAsync(TestEvents.Analyzed(user), Cancel);
        var (next, _) = await waiting;

        Assert.Equal(["2"], Ids(there));
        Assert.Equal(["3"], Ids(next));
    }

    [Fact]
    public async Task A_long_poll_without_an_event_ends_with_its_time_and_not_by_a_signal()
    {
        var user = TestEvents.NewUser();
        await AppendAsync(user, 1);
        var streams = Host.App.Services.GetRequiredService<OpenStreams>();
        var startedAt = Stopwatch.GetTimestamp();
        var polling = ListAsync($"/users/{user}/notifications?after=1&wait=1");
        await Eventually.ReadAsync(_ => Task.FromResult(streams.Users().Contains(user) || polling.IsCompleted), until: isThere => isThere, TimeSpan.FromSeconds(30), Cancel);

        streams.Signal(user);

        Assert.Empty(Ids((await polling).Page));
        Assert.InRange(Stopwatch.GetElapsedTime(startedAt), TimeSpan.FromSeconds(1), TimeSpan.MaxValue);
    }

    [Fact]
    public async Task A_user_sees_and_marks_only_their_own_notifications()
    {
        var (mine, theirs) = (TestEvents.NewUser(), TestEvents.NewUser());
        await AppendAsync(theirs, 2);
        await AppendAsync(mine, 1);

        Assert.Equal(0, await MarkAsync(mine, new { up_to = 100 }));

        Assert.Equal(2, (await ListAsync($"/users/{theirs}/notifications")).Page.GetProperty("unread_count").GetInt32());
        Assert.Single(Ids((await ListAsync($"/users/{mine}/notifications")).Page));
        using var refused = new HttpRequestMessage(HttpMethod.Get, $"/users/{theirs}/notifications") { Headers = { Authorization = new("Bearer", "403") } };
        using var response = await Host.Http.SendAsync(refused, Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("limit=0", "limit must be a whole number from 1 to 200, not '0'")]
    [InlineData("cursor=x", "cursor must be a whole number")]
    [InlineData("type=image.lost", "type must be one of image.uploaded, image.analyzed")]
    [InlineData("unread=yes", "unread must be true or false, not 'yes'")]
    [InlineData("wait=5", "wait needs after")]
    [InlineData("after=1&wait=31", "wait must be a whole number from 0 to 30, not '31'")]
    [InlineData("after=1&type=image.failed", "after goes with limit and wait only")]
    public async Task A_wrong_parameter_is_refused_with_its_limit(string query, string detail)
    {
        using var response = await Host.Http.GetAsync($"/users/{TestEvents.NewUser()}/notifications?{query}", Cancel);

        Assert.Equal((HttpStatusCode)422, response.StatusCode);
        Assert.Contains(detail, JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", 422)]
    [InlineData("{\"up_to\":\"x\"}", 422)]
    [InlineData("{\"upto\":1}", 422)]
    [InlineData("null", 422)]
    [InlineData("[", 422)]
    public async Task A_wrong_body_is_refused_and_marks_nothing(string body, int status)
    {
        var user = TestEvents.NewUser();
        await AppendAsync(user, 1);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await Host.Http.PostAsync($"/users/{user}/notifications/read", content, Cancel);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(1, (await ListAsync($"/users/{user}/notifications")).Page.GetProperty("unread_count").GetInt32());
    }

    [Fact]
    public async Task The_reference_of_this_service_describes_its_calls_and_their_refusals()
    {
        var document = await Host.Http.GetFromJsonAsync<JsonElement>("/openapi/notifications.json", Cancel);
        var calls = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(call => $"{call.Name} {path.Name}"));

        Assert.Superset(
            new HashSet<string>
            {
                "get /users/{id}/events", "get /users/{id}/notifications", "post /users/{id}/notifications/read", "get /users/{id}/notifications/mail",
                "put /users/{id}/notifications/mail", "post /users/{id}/notifications/mail/confirm", "delete /users/{id}/notifications/mail",
            },
            calls.ToHashSet());
        var list = document.GetProperty("paths").GetProperty("/users/{id}/notifications").GetProperty("get");
        Assert.Equal(["200", "401", "403", "404", "422", "429", "503"], list.GetProperty("responses").EnumerateObject().Select(answer => answer.Name).Order());
        Assert.Equal(["after", "cursor", "id", "limit", "type", "unread", "wait"], list.GetProperty("parameters").EnumerateArray().Select(one => one.GetProperty("name").GetString()).Order());
        Assert.Contains("unread_count", document.GetRawText(), StringComparison.Ordinal);
    }

    private async Task AppendAsync(long user, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Host.AppendAsync(TestEvents.Analyzed(user), Cancel);
        }
    }

    private async Task<(JsonElement Page, string? Next)> ListAsync(string address)
    {
        using var response = await Host.Http.GetAsync(address, Cancel);
        var body = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, body);
        var link = response.Headers.TryGetValues("Link", out var links) ? links.Single() : null;
        return (JsonElement.Parse(body), link?[(link.IndexOf('<') + 1)..link.IndexOf('>')]);
    }

    private async Task<int> MarkAsync(long user, object body)
    {
        using var response = await Host.Http.PostAsJsonAsync($"/users/{user}/notifications/read", body, Cancel);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("unread_count").GetInt32();
    }

    private static long[] List(params long[] ids) => ids;

    private static IEnumerable<string> Ids(JsonElement page) => Ids(page, _ => true);

    private static IEnumerable<string> Ids(JsonElement page, Func<JsonElement, bool> where) =>
        page.GetProperty("notifications").EnumerateArray().Where(where).Select(one => one.GetProperty("id").GetRawText());
}
