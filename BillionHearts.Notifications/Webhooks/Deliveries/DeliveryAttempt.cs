using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Notifications.Webhooks.Deliveries;

/// <summary>
/// One attempt in the log: what was sent and what came back, without bodies. The receiver's body is not kept: it could be a page of a network that the owner
/// cannot reach.
/// </summary>
internal sealed class DeliveryAttempt
{
    public long Id { get; init; }

    public required long DeliveryId { get; init; }

    public required int Number { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required int DurationMs { get; init; }

    /// <summary>Null when there was no answer.</summary>
    public int? Status { get; init; }

    /// <summary>A sentence; null for a success.</summary>
    public string? Error { get; init; }

    public required string RequestHead { get; init; }

    public string? ResponseHead { get; init; }
}

internal sealed class DeliveryAttemptMapping : IEntityTypeConfiguration<DeliveryAttempt>
{
    public void Configure(EntityTypeBuilder<DeliveryAttempt> attempt)
    {
        attempt.ToTable("webhook_attempts");
        attempt.Property(a => a.Id).UseIdentityAlwaysColumn();
        attempt.HasOne<Delivery>().WithMany().HasForeignKey(a => a.DeliveryId).OnDelete(DeleteBehavior.Cascade);
        attempt.HasIndex(a => a.DeliveryId);
    }
}
