using System.Diagnostics;
using System.Text.Json;
using BillionHearts.Api.Pipeline.DeadLetters;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Pipeline.Outbox;

/// <summary>A message, saved in the same transaction as the change that causes it. The <see cref="OutboxRelay"/> publishes it and then deletes the row.</summary>
internal sealed class OutboxMessage
{
    public long Id { get; init; }

    /// <summary>The AMQP message id. It stays the same when the message is published again.</summary>
    public required Guid MessageId { get; init; }

    public required string RoutingKey { get; init; }

    public required string Payload { get; init; }

    /// <summary>The trace of the request that caused it. The relay runs outside of that trace, and continues it when it publishes.</summary>
    public string? Traceparent { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The earliest time to publish it. Set by, and only compared with, the database's clock.</summary>
    public DateTimeOffset NextAt { get; init; }

    public int Attempts { get; init; }

    public string? LastError { get; init; }

    /// <summary>The exact bytes to publish in place of <see cref="Payload"/>: a dead letter may be no JSON.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Headers to publish, as a JSON object of texts, whole numbers and booleans.</summary>
    public string? Headers { get; init; }

    /// <summary>The AMQP message id, if it is not <see cref="MessageId"/>. The id of a dead letter may be no UUID, or be in the outbox already.</summary>
    public string? AmqpMessageId { get; init; }

    public static OutboxMessage From(AnalysisRequest request) => New(
        request.MessageId,
        request.Lane switch
        {
            AnalysisLane.Backfill => ImagesExchange.Keys.Backfill,
            AnalysisLane.Slow => ImagesExchange.Keys.Slow,
            _ => ImagesExchange.Keys.Uploaded,
        },
        JsonSerializer.Serialize(request));

    public static OutboxMessage From(ImageEvent imageEvent) => New(imageEvent.EventId, imageEvent.Type, JsonSerializer.Serialize(imageEvent));

    /// <summary>The event <c>image.uploaded</c>, under the key that only notifications gets.</summary>
    public static OutboxMessage Announcement(ImageEvent uploaded) => New(uploaded.EventId, ImagesExchange.Keys.Received, JsonSerializer.Serialize(uploaded));

    private static OutboxMessage New(Guid messageId, string routingKey, string payload) => new()
    {
        MessageId = messageId,
        RoutingKey = routingKey,
        Payload = payload,
        Traceparent = Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null,
    };
}

internal sealed class OutboxMapping : IEntityTypeConfiguration<OutboxMessage>
{
    public void Configure(EntityTypeBuilder<OutboxMessage> message)
    {
        message.ToTable("outbox");
        message.Property(m => m.RoutingKey).HasMaxLength(64);
        message.Property(m => m.Payload).HasColumnType("jsonb");
        message.Property(m => m.Traceparent).HasMaxLength(64);
        message.Property(m => m.CreatedAt).HasDefaultValueSql("now()");
        message.Property(m => m.NextAt).HasDefaultValueSql("now()");
        message.Property(m => m.Attempts).HasDefaultValue(0);
        message.Property(m => m.LastError).HasMaxLength(OutboxStore.MaxErrorLength);
        message.Property(m => m.Headers).HasColumnType("jsonb");
        message.Property(m => m.AmqpMessageId).HasMaxLength(DeadLetter.MaxNameLength);
        message.HasIndex(m => m.MessageId).IsUnique();
        message.HasIndex(m => new { m.NextAt, m.Id });
    }
}
