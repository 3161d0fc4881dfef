using BillionHearts.Notifications.Data;
using BillionHearts.Notifications.Webhooks.Addresses;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Notifications.Webhooks.Endpoints;

/// <summary>A webhook: an address of a user's that gets the user's events.</summary>
internal sealed class WebhookEndpoint
{
    public long Id { get; init; }

    public required long UserId { get; init; }

    public required string Url { get; init; }

    /// <summary>Types of <see cref="WebhookEvents.Known"/>.</summary>
    public required string[] Events { get; init; }

    /// <summary>Sequence of the last event of the user that became a delivery or was left out by <see cref="Events"/>.</summary>
    public required long Position { get; init; }

    /// <summary>Encrypted, see <see cref="Secrets.SecretVault"/>.</summary>
    public required byte[] Secret { get; init; }

    /// <summary>The secret before the last rotation. It signs too until <see cref="PreviousSecretUntil"/>.</summary>
    public byte[]? PreviousSecret { get; init; }

    public DateTimeOffset? PreviousSecretUntil { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The first failure since the last success; null while it works.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Nothing is sent before this time: the receiver asked for a pause, or fails.</summary>
    public DateTimeOffset? PausedUntil { get; init; }

    /// <summary>One of <see cref="DisabledReasons"/>; null while it is enabled.</summary>
    public string? DisabledReason { get; init; }

    public DateTimeOffset? DisabledAt { get; init; }
}

internal static class DisabledReasons
{
    public const string Owner = "owner";

    /// <summary>The receiver answered 410.</summary>
    public const string Gone = "gone";

    /// <summary>No success for <see cref="WebhooksOptions.DisableAfter"/>.</summary>
    public const string Failing = "failing";
}

internal sealed class WebhookEndpointMapping : IEntityTypeConfiguration<WebhookEndpoint>
{
    public void Configure(EntityTypeBuilder<WebhookEndpoint> endpoint)
    {
        endpoint.ToTable("webhook_endpoints");
        endpoint.Property(e => e.Id).UseIdentityAlwaysColumn();
        endpoint.Property(e => e.Url).HasMaxLength(WebhookUrl.MaxLength);
        endpoint.HasIndex(e => e.UserId);
        // Removing a user's row there removes the webhooks, their deliveries and the log.
        endpoint.HasOne<UserStream>().WithMany().HasForeignKey(e => e.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
