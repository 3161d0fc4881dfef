using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using BillionHearts.Contracts;

namespace BillionHearts.Tests.Conventions;

/// <summary>docs/asyncapi.json describes the messages that others may bind to: AsyncAPI 3.0, made of the contracts.</summary>
public sealed class MessageReferenceTests
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        RespectNullableAnnotations = true,
    };

    private static readonly (string Key, string Message, string Summary)[] s_channels =
    [
        (ImagesExchange.Keys.Uploaded, "analysisRequest", "An image with content was created or changed, and is to be analyzed. Work for the analysis service; others may listen."),
        (ImagesExchange.Keys.Received, "imageEvent", "New content of an image is stored. Its type is image.uploaded."),
        (ImagesExchange.Keys.Analyzed, "imageEvent", "An image was analyzed."),
        (ImagesExchange.Keys.Failed, "imageEvent", "An image could not be analyzed; failure says why."),
        (ImagesExchange.Keys.Deleted, "imageEvent", "An image was deleted."),
        (ImagesExchange.Keys.Restored, "imageEvent", "A merge was undone: an image that was announced as deleted is visible again."),
        (ImagesExchange.Keys.Duplicates, "imageEvent", "The owner has images that look like this one: duplicates."),
    ];

    [Fact]
    public async Task The_message_reference_in_docs_is_what_the_contracts_say()
    {
        var (path, made) = (Path.Join(Repository.Root, "docs", "asyncapi.json"), Create().ToJsonString(s_json) + "\n");
        var stored = File.Exists(path) ? await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken) : "";

        if (stored != made)
        {
            var proposal = Path.Join(Repository.Root, "artifacts", "asyncapi.json");
            await File.WriteAllTextAsync(proposal, made, TestContext.Current.CancellationToken);
            Assert.Fail($"The messages have changed. If that is intended, and by addition only: cp {proposal} {path}");
        }
    }

    [Fact]
    public void Every_key_of_an_image_is_in_the_message_reference()
    {
        var keys = typeof(ImagesExchange.Keys).GetFields().Select(field => (string)field.GetRawConstantValue()!).Where(key => key.StartsWith("image.", StringComparison.Ordinal));

        Assert.Equal(keys.Order(), s_channels.Select(channel => channel.Key).Order());
    }

    private static JsonObject Create() => new()
    {
        ["asyncapi"] = "3.0.0",
        ["info"] = new JsonObject
        {
            ["title"] = "Billion Hearts: messages",
            ["version"] = "1.0.0",
            ["description"] =
                "What the api publishes at the topic exchange images, for anyone who binds a queue of their own. Delivered at least once: message-id is the same " +
                "when a message comes again. Messages are changed by addition only, so ignore unknown fields.",
        },
        ["defaultContentType"] = "application/json",
        ["channels"] = Object(s_channels.Select(channel => (channel.Key, (JsonNode)new JsonObject
        {
            ["address"] = channel.Key,
            ["summary"] = channel.Summary,
            ["messages"] = new JsonObject { [channel.Message] = Reference($"#/components/messages/{channel.Message}") },
            ["bindings"] = new JsonObject
            {
                ["amqp"] = new JsonObject
                {
                    ["is"] = "routingKey",
                    ["exchange"] = new JsonObject { ["name"] = ImagesExchange.Name, ["type"] = "topic", ["durable"] = true, ["autoDelete"] = false },
                    ["bindingVersion"] = "0.3.0",
                },
            },
        }))),
        ["operations"] = Object(s_channels.Select(channel => ($"send.{channel.Key}", (JsonNode)new JsonObject
        {
            ["action"] = "send",
            ["channel"] = Reference($"#/channels/{channel.Key}"),
        }))),
        ["components"] = new JsonObject
        {
            ["messages"] = new JsonObject
            {
                ["imageEvent"] = Message("An event of an image", "eventId", typeof(ImageEvent)),
                ["analysisRequest"] = Message("A request to analyze an image", "messageId", typeof(AnalysisRequest)),
            },
        },
    };

    private static JsonObject Message(string title, string idField, Type type) => new()
    {
        ["title"] = title,
        ["contentType"] = "application/json",
        ["headers"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["traceparent"] = new JsonObject { ["type"] = "string", ["description"] = "W3C Trace Context of the upload." },
            },
        },
        ["correlationId"] = new JsonObject { ["location"] = $"$message.payload#/{idField}", ["description"] = "Equals the AMQP property message-id." },
        ["payload"] = s_json.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true }),
    };

    private static JsonObject Reference(string target) => new() { ["$ref"] = target };

    private static JsonObject Object(IEnumerable<(string Name, JsonNode Value)> members) =>
        new(members.Select(member => KeyValuePair.Create(member.Name, (JsonNode?)member.Value)));
}
