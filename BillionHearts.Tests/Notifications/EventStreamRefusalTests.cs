using System.Net;
using System.Text;
using System.Text.Json;
using BillionHearts.Contracts;
using BillionHearts.Notifications.Events;
using BillionHearts.Notifications.Streaming;
using BillionHearts.Notifications.Users;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Notifications;

public sealed class EventStreamRefusalTests(NotificationsFixture fixture) : IClassFixture<NotificationsFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private NotificationsHost Host => fixture.Host;

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData(" 1")]
    [InlineData("99999999999999999999")]
    public async Task An_invalid_last_event_id_is_refused_and_named(string lastEventId)
    {
        using var response = await Host.Http.GetAsync(
            new Uri($"/users/{TestEvents.NewUser()}/events?last_event_id={Uri.EscapeDataString(lastEventId)}", UriKind.Relative), Cancel);

        await AssertProblemAsync(response, HttpStatusCode.UnprocessableEntity, "invalid-last-event-id", $"'{lastEventId}'");
    }

    [Theory]
    [InlineData("1001")]
    [InlineData("0")]
    [InlineData("-7")]
    [InlineData("abc")]
    [InlineData("99999999999999999999")]
    public async Task A_user_that_does_not_exist_is_not_found(string user)
    {
        using var response = await Host.Http.GetAsync(new Uri($"/users/{user}/events", UriKind.Relative), Cancel);

        await AssertProblemAsync(response, HttpStatusCode.NotFound, "user-not-found", "User not found");
    }

    [Fact]
    public async Task Streams_beyond_the_limit_of_a_replica_are_refused_whoever_opens_them()
    {
        var streams = new OpenStreams();
        var opening = new StreamOpening(streams, stream: null!, Options.Create(new EventsOptions { MaxStreams = 2 }), TimeProvider.System);
        var open = await Task.WhenAll(Enumerable.Range(1, 2).Select(user => opening.SubscribeAsync(VerdictOf(user), Cancel)));

        var (none, refusal) = await opening.SubscribeAsync(VerdictOf(3), Cancel);
        open[0].Subscription!.Dispose();
        var (again, _) = await opening.SubscribeAsync(VerdictOf(3), Cancel);

        Assert.Equal((null, 503, "streams-exhausted"), (none, refusal!.Status, refusal.Slug));
        Assert.NotNull(again);

        static Verdict VerdictOf(long user) => new(new Holder(user, null), [], null);
    }

    [Fact]
    public async Task The_sixth_stream_of_a_user_is_refused_until_one_is_closed()
    {
        var user = TestEvents.NewUser();
        var open = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => OpenAsync(user)));
        Assert.All(open, response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));

        using (var refused = await OpenAsync(user))
        {
            await AssertProblemAsync(refused, HttpStatusCode.TooManyRequests, "too-many-streams", "5 event streams");
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        open[0].Dispose();
        await Eventually.ReadAsync(
            async cancel =>
            {
                using var response = await Host.OpenAsync(user, lastEventId: null, cancel);

                return response.StatusCode;
            },
            until: status => status is HttpStatusCode.OK,
            TimeSpan.FromSeconds(30),
            Cancel);

        foreach (var response in open)
        {
            response.Dispose();
        }
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"eventId":"0199c000-0000-7000-8000-000000000001","type":"image.eaten","imageId":1,"userId":1,"version":1,"occurredAt":"2026-01-02T03:04:05Z"}""")]
    [InlineData("""{"eventId":"0199c000-0000-7000-8000-000000000001","type":"image.analyzed","imageId":1,"userId":0,"version":1,"occurredAt":"2026-01-02T03:04:05Z"}""")]
    [InlineData("""{"eventId":"0199c000-0000-7000-8000-000000000001","type":"image.failed","imageId":1,"userId":1,"version":1,"occurredAt":"2026-01-02T03:04:05Z","failure":{"reason":"a\u0000b","detail":""}}""")]
    public async Task An_unreadable_message_is_dead_lettered(string body)
    {
        var id = Guid.NewGuid();
        await Host.Broker.PublishAsync(ImagesExchange.Keys.Analyzed, id, Encoding.UTF8.GetBytes(body), Cancel);

        var dead = await Eventually.ReadAsync(
            cancel => Host.Broker.TakeAsync(ImagesExchange.DeadLetterQueue, cancel), until: taken => taken is not null, TimeSpan.FromSeconds(30), Cancel);

        Assert.Equal((id.ToString("D"), body), (dead!.BasicProperties.MessageId, Encoding.UTF8.GetString(dead.Body.Span)));
    }

    /// <summary>On a busy machine, an opening may take longer than the 4 s after which the service answers 503.</summary>
    private Task<HttpResponseMessage> OpenAsync(long user) => Eventually.ReadAsync(
        _ => Host.OpenAsync(user, lastEventId: null, Cancel), until: response => response.StatusCode is not HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(60), Cancel);

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string slug, string detail)
    {
        Assert.Equal((status, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal($"https://billionhearts.dev/problems/{slug}", problem.GetProperty("type").GetString());
        Assert.Contains(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
    }
}
