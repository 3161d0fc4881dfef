using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Pipeline.DeadLetters;

/// <summary>A message that no consumer could handle, taken from the dead-letter queue. The row goes when the message is replayed or deleted.</summary>
internal sealed class DeadLetter
{
    /// <summary>Length of names in AMQP, in bytes: of queues, routing keys and message ids.</summary>
    public const int MaxNameLength = 255;

    public long Id { get; init; }

    public DateTimeOffset StoredAt { get; init; }

    /// <summary>When the broker dead-lettered it.</summary>
    public DateTimeOffset? DiedAt { get; init; }

    /// <summary>The queue whose consumer could not handle it. Empty if the broker did not say.</summary>
    public required string Queue { get; init; }

    /// <summary>The broker's: <c>rejected</c>, <c>delivery_limit</c>, <c>expired</c> or <c>maxlen</c>; <c>unknown</c> if it did not say.</summary>
    public required string Reason { get; init; }

    /// <summary>The key that it was published with. <see langword="null"/> if the broker did not say: it cannot be replayed then.</summary>
    public string? RoutingKey { get; init; }

    public string? MessageId { get; init; }

    /// <summary>Recognises a message that is delivered again: the message id, or a hash of the message if it has none.</summary>
    public required string MessageKey { get; init; }

    public string? Traceparent { get; init; }

    /// <summary>The publisher's headers, see <see cref="DeadLetterHeaders"/>.</summary>
    public string? Headers { get; init; }

    public required byte[] Body { get; init; }
}

internal sealed class DeadLetterMapping : IEntityTypeConfiguration<DeadLetter>
{
    public void Configure(EntityTypeBuilder<DeadLetter> letter)
    {
        letter.ToTable("dead_letters");
        letter.Property(l => l.Id).UseIdentityAlwaysColumn();
        letter.Property(l => l.StoredAt).HasDefaultValueSql("now()");
        letter.Property(l => l.Queue).HasMaxLength(DeadLetter.MaxNameLength);
        letter.Property(l => l.Reason).HasMaxLength(64);
        letter.Property(l => l.RoutingKey).HasMaxLength(64);
        letter.Property(l => l.MessageId).HasMaxLength(DeadLetter.MaxNameLength);
        letter.Property(l => l.MessageKey).HasMaxLength(DeadLetter.MaxNameLength);
        letter.Property(l => l.Traceparent).HasMaxLength(64);
        letter.Property(l => l.Headers).HasColumnType("jsonb");
        letter.HasIndex(l => new { l.MessageKey, l.Queue }).IsUnique();
        letter.HasIndex(l => l.MessageId);
    }
}
