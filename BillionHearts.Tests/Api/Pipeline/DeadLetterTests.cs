using System.Text;
using System.Text.Json;
using BillionHearts.Contracts;
using BillionHearts.Messaging;
using RabbitMQ.Client;
using static BillionHearts.Tests.Api.TestResults;

namespace BillionHearts.Tests.Api.Pipeline;

/// <summary>Messages that no consumer could handle: stored, shown, replayed once, deleted.</summary>
[Collection(typeof(PipelineApi))]
public sealed class DeadLetterTests(PipelineFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ApiHost Host => fixture.Host;

    [Fact]
    public async Task A_message_that_nobody_can_read_is_a_dead_letter_after_one_delivery()
    {
        var analyzed = Analyzed(new PendingImage(1, Guid.NewGuid(), 1));
        byte[][] bodies =
        [
            [], "no JSON"u8.ToArray(), "{}"u8.ToArray(), "[1]"u8.ToArray(), [0xff, 0xfe, 0x00], new byte[10_000_000],
            Json(analyzed with { Worker = null! }), Json(analyzed with { Lane = null! }), Json(analyzed with { Renditions = [null!] }),
            Json(analyzed with { Outcome = "analyzed/2" }),
        ];
        var ids = new List<Guid>();

        foreach (var body in bodies)
        {
            ids.Add(Guid.NewGuid());
            await Host.Broker.PublishAsync(ImagesExchange.Keys.Result, ids[^1], body, Cancel);
        }

        foreach (var (id, body) in ids.Zip(bodies))
        {
            var letter = await FindAsync($"{id}");
            Assert.Equal(
                ("rejected", ImagesExchange.Queues.AnalysisResults, ImagesExchange.Keys.Result, (long)body.Length),
                (Text(letter, "reason"), Text(letter, "queue"), Text(letter, "routing_key"), letter.GetProperty("size").GetInt64()));
            Assert.InRange(Text(letter, "head").Length, 0, 200);
        }
    }

    [Fact]
    public async Task A_result_with_a_text_that_cannot_be_stored_is_a_dead_letter_too()
    {
        var image = await fixture.UploadAsync(await Host.CreateUserAsync(Cancel), Cancel);
        var result = Analyzed(await PendingAsync(Host, image, Cancel)) with { Worker = "a\0b" };
        await Host.Broker.PublishAsync(ImagesExchange.Keys.Result, result.RequestId, Json(result), Cancel);

        Assert.Equal("rejected", Text(await FindAsync($"{result.RequestId}"), "reason"));
    }

    [Fact]
    public async Task Headers_of_earlier_deaths_and_deliveries_do_not_make_a_loop()
    {
        var marker = $"{Guid.NewGuid()}";
        await PublishAsync(ImagesExchange.Keys.Result, new BasicProperties
        {
            // No message id.
            Headers = new Dictionary<string, object?>
            {
                ["x-delivery-count"] = long.MaxValue,
                ["x-death"] = "odd",
                ["marker"] = marker,
                ["count"] = 7,
            },
        }, Encoding.UTF8.GetBytes(marker));

        var letter = await Eventually.ReadAsync(
            async cancel => (await ListAsync(cancel)).FirstOrDefault(one => Text(one, "head") == marker), until: one => one.ValueKind is JsonValueKind.Object, PipelineFixture.Limit, Cancel);
        Assert.Equal(JsonValueKind.Null, letter.GetProperty("message_id").ValueKind);

        var (status, detail) = await CallAsync(HttpMethod.Get, $"/operator/dead-letters/{letter.GetProperty("id")}");
        Assert.Equal((200, marker, marker), (status, Text(detail, "body"), Text(detail.GetProperty("headers"), "marker")));
        Assert.Equal(7, detail.GetProperty("headers").GetProperty("count").GetInt32());
        Assert.DoesNotContain("x-", $"{detail.GetProperty("headers")}");
    }

    [Fact]
    public async Task An_image_that_ends_its_worker_at_each_delivery_fails_and_leaves_no_dead_letter()
    {
        var image = await fixture.UploadAsync(await Host.CreateUserAsync(Cancel), Cancel);
        var request = (await PendingAsync(Host, image, Cancel)).Request;
        await using var channel = await Host.Broker.OpenChannelAsync(Cancel);

        for (var delivery = 0; delivery <= ImagesTopology.DeliveryLimit; delivery++)
        {
            var message = await Eventually.ReadAsync(
                cancel => channel.BasicGetAsync(ImagesExchange.Queues.AnalysisFresh, autoAck: false, cancel),
                until: taken => taken?.BasicProperties.MessageId == $"{request}", PipelineFixture.Limit, Cancel);
            await channel.BasicNackAsync(message!.DeliveryTag, multiple: false, requeue: true, Cancel);
        }

        var shown = await Eventually.ReadAsync(
            async _ => (await CallAsync(HttpMethod.Get, $"/images/{image}")).Body, until: body => Text(body, "status") is "failed", PipelineFixture.Limit, Cancel);
        Assert.Equal("worker_crashed", Text(shown.GetProperty("failure"), "reason"));
        Assert.DoesNotContain(await ListAsync(Cancel), letter => letter.GetProperty("message_id").GetString() == $"{request}");
    }

    [Fact]
    public async Task A_replayed_message_is_back_as_it_was_and_only_once()
    {
        var image = await fixture.UploadAsync(await Host.CreateUserAsync(Cancel), Cancel);
        var (request, body) = await KillAsync(image);
        var id = (await FindAsync($"{request}")).GetProperty("id").GetInt64();
        Assert.Equal("dead_letters", await PlaceAsync(image));

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CallAsync(HttpMethod.Post, $"/operator/dead-letters/{id}/replay")));

        Assert.Equal([200, 404, 404, 404], answers.Select(answer => answer.Status).Order());
        var back = await Eventually.ReadAsync(
            cancel => Host.Broker.TakeAsync(ImagesExchange.Queues.AnalysisFresh, cancel),
            until: message => message?.BasicProperties.MessageId == $"{request}", PipelineFixture.Limit, Cancel);
        Assert.Equal(body, back!.Body.ToArray());
        Assert.DoesNotContain(back.BasicProperties.Headers ?? new Dictionary<string, object?>(), header => header.Key.StartsWith("x-death", StringComparison.Ordinal));
        Assert.Equal("queue", await PlaceAsync(image));
        Assert.Equal(404, (await CallAsync(HttpMethod.Get, $"/operator/dead-letters/{id}")).Status);
    }

    [Fact]
    public async Task All_dead_letters_can_be_replayed_and_one_that_fails_again_comes_back()
    {
        var poison = Guid.NewGuid();
        await Host.Broker.PublishAsync(ImagesExchange.Keys.Result, poison, "poison"u8.ToArray(), Cancel);
        var before = (await FindAsync($"{poison}")).GetProperty("id").GetInt64();

        var (status, answer) = await CallAsync(HttpMethod.Post, "/operator/dead-letters/replay");

        Assert.True(status is 200 && answer.GetProperty("replayed").GetInt32() >= 1, $"{answer}");
        var after = await Eventually.ReadAsync(
            async _ => (await FindAsync($"{poison}")).GetProperty("id").GetInt64(), until: id => id != before, PipelineFixture.Limit, Cancel);
        Assert.Equal(200, (await CallAsync(HttpMethod.Delete, $"/operator/dead-letters/{after}")).Status);
        Assert.Equal(404, (await CallAsync(HttpMethod.Delete, $"/operator/dead-letters/{after}")).Status);
        Assert.Equal(422, (await CallAsync(HttpMethod.Get, "/operator/dead-letters?before=x")).Status);
    }

    [Fact]
    public async Task A_dead_letter_does_not_show_operators_where_a_photo_was_taken()
    {
        var result = Analyzed(new PendingImage(1, Guid.NewGuid(), 1));
        var photo = new PhotoMetadata { Camera = "Leica M3", Location = new PhotoLocation { Latitude = 47.1234, Longitude = 8.5 } };
        await Host.Broker.PublishAsync(
            ImagesExchange.Keys.Result, result.RequestId, Json(result with { Outcome = "odd", Analysis = result.Analysis! with { Photo = photo } }), Cancel);

        var (_, detail) = await CallAsync(HttpMethod.Get, $"/operator/dead-letters/{(await FindAsync($"{result.RequestId}")).GetProperty("id")}");

        Assert.Contains("Leica M3", Text(detail, "body"));
        Assert.DoesNotContain("47.1234", $"{detail}");
    }

    /// <summary>Rejects the request of an image, as a worker would that cannot read it.</summary>
    private async Task<(Guid Request, byte[] Body)> KillAsync(long image)
    {
        var request = (await PendingAsync(Host, image, Cancel)).Request;
        await using var channel = await Host.Broker.OpenChannelAsync(Cancel);
        var message = await Eventually.ReadAsync(
            cancel => channel.BasicGetAsync(ImagesExchange.Queues.AnalysisFresh, autoAck: false, cancel),
            until: taken => taken?.BasicProperties.MessageId == $"{request}", PipelineFixture.Limit, Cancel);
        await channel.BasicRejectAsync(message!.DeliveryTag, requeue: false, Cancel);
        return (request, message.Body.ToArray());
    }

    private async Task PublishAsync(string routingKey, BasicProperties properties, byte[] body)
    {
        await using var channel = await Host.Broker.OpenChannelAsync(Cancel);
        await channel.BasicPublishAsync(ImagesExchange.Name, routingKey, mandatory: true, properties, body, Cancel);
    }

    private async Task<string> PlaceAsync(long image) => Text((await CallAsync(HttpMethod.Get, $"/images/{image}/timeline")).Body.GetProperty("waiting"), "place");

    private Task<JsonElement> FindAsync(string messageId) => Eventually.ReadAsync(
        async cancel => (await ListAsync(cancel)).FirstOrDefault(letter => letter.GetProperty("message_id").GetString() == messageId),
        until: letter => letter.ValueKind is JsonValueKind.Object, PipelineFixture.Limit, Cancel);

    private async Task<List<JsonElement>> ListAsync(CancellationToken cancellationToken)
    {
        using var answer = await Host.Http.GetAsync("/operator/dead-letters", cancellationToken);
        return [.. (await ApiHost.JsonAsync(answer, cancellationToken)).EnumerateArray()];
    }

    private async Task<(int Status, JsonElement Body)> CallAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var answer = await Host.Http.SendAsync(request, Cancel);
        return ((int)answer.StatusCode, await ApiHost.JsonAsync(answer, Cancel));
    }

    private static byte[] Json(AnalysisResult result) => JsonSerializer.SerializeToUtf8Bytes(result);

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
