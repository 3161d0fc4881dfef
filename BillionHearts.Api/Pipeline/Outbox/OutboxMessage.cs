using System.Diagnostics;
using System.Text.Json;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Pipeline.Outbox;

/// <summary>A message that was decided on, in the transaction that decided it. It leaves through the <see cref="OutboxRelay"/> and is then deleted.</summary>
internal sealed class OutboxMessage
{
    public long Id { get; init; }

    /// <summary>The AMQP message id: the same however often it is published.</summary>
    public required Guid MessageId { get; init; }

    public required string RoutingKey { get; init; }

    public required string Payload { get; init; }

    /// <summary>The request that caused it: the relay publishes outside of that request's trace and has to take it up again.</summary>
    public string? Traceparent { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it may leave, by the database's clock, as is every comparison with it.</summary>
    public DateTimeOffset NextAt { get; init; }

    public int Attempts { get; init; }

    public string? LastError { get; init; }

    public static OutboxMessage From(AnalysisRequest request) => New(
        request.MessageId,
        request.Lane == AnalysisLane.Backfill ? ImagesExchange.Keys.Backfill : ImagesExchange.Keys.Uploaded,
        JsonSerializer.Serialize(request));

    public static OutboxMessage From(ImageEvent fact) => New(fact.EventId, fact.Type, JsonSerializer.Serialize(fact));

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
        message.HasIndex(m => m.MessageId).IsUnique();
        message.HasIndex(m => new { m.NextAt, m.Id });
    }
}
