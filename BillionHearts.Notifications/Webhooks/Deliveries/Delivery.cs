using BillionHearts.Notifications.Webhooks.Endpoints;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Notifications.Webhooks.Deliveries;

/// <summary>A message for a webhook, from the event until the receiver has accepted it or the attempts have ended.</summary>
internal sealed class Delivery
{
    public long Id { get; init; }

    public required long EndpointId { get; init; }

    /// <summary>The header <c>webhook-id</c>. The same for each attempt, so that a receiver can drop what it has.</summary>
    public required string MessageId { get; init; }

    public required string Type { get; init; }

    /// <summary>The body, as it is signed and sent each time.</summary>
    public required string Payload { get; init; }

    /// <summary>One of <see cref="DeliveryStates"/>.</summary>
    public required string State { get; init; }

    /// <summary>Attempts begun, those before a redelivery included.</summary>
    public int Attempts { get; init; }

    /// <summary>Attempts begun by the current schedule.</summary>
    public int Tries { get; init; }

    /// <summary>When the next attempt is due, or when the running one counts as lost; null once the delivery has ended. By this service's clock.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>Set while a process is sending it. Only an outcome with the same value counts.</summary>
    public Guid? Claim { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}

internal static class DeliveryStates
{
    public const string Pending = "pending";

    public const string Delivered = "delivered";

    /// <summary>All attempts failed, or the receiver is gone.</summary>
    public const string Failed = "failed";

    /// <summary>The webhook was disabled before it was delivered.</summary>
    public const string Canceled = "canceled";

    public static readonly IReadOnlyList<string> All = [Pending, Delivered, Failed, Canceled];
}

internal sealed class DeliveryMapping : IEntityTypeConfiguration<Delivery>
{
    public void Configure(EntityTypeBuilder<Delivery> delivery)
    {
        delivery.ToTable("webhook_deliveries");
        delivery.Property(d => d.Id).UseIdentityAlwaysColumn();
        delivery.Property(d => d.MessageId).HasMaxLength(64);
        delivery.Property(d => d.Type).HasMaxLength(64);
        delivery.Property(d => d.State).HasMaxLength(16).HasDefaultValue(DeliveryStates.Pending);
        delivery.Property(d => d.Attempts).HasDefaultValue(0);
        delivery.Property(d => d.Tries).HasDefaultValue(0);
        delivery.HasOne<WebhookEndpoint>().WithMany().HasForeignKey(d => d.EndpointId).OnDelete(DeleteBehavior.Cascade);
        // The log of a webhook, newest first.
        delivery.HasIndex(d => new { d.EndpointId, d.Id });
        // What is due, webhook by webhook: finding it does not get slower with the log, or with what one webhook has waiting.
        delivery.HasIndex(d => new { d.EndpointId, d.NextAt, d.Id }).HasFilter("next_at IS NOT NULL").HasDatabaseName("ix_webhook_deliveries_due");
        delivery.HasIndex(d => d.EndedAt).HasFilter("ended_at IS NOT NULL");
    }
}
