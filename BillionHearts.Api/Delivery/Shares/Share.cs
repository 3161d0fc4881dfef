using BillionHearts.Api.Accounts.Secrets;
using BillionHearts.Api.Accounts.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Delivery.Shares;

/// <summary>A set of a user's images that anyone with the link can see until it expires. The link itself is not stored.</summary>
internal sealed class Share : IUserSecret
{
    public long Id { get; init; }

    public required long UserId { get; init; }

    /// <summary>SHA-256 of the secret in the link.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>In display order. Deleted images are not shown.</summary>
    public required long[] ImageIds { get; init; }

    public string? PasswordHash { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }
}

internal sealed class ShareMapping : IEntityTypeConfiguration<Share>
{
    public void Configure(EntityTypeBuilder<Share> share)
    {
        share.ToTable("shares");
        share.Property(s => s.Id).UseIdentityAlwaysColumn();
        share.Property(s => s.ExpiresAt).IsRequired();
        share.Property(s => s.CreatedAt).HasDefaultValueSql("now()");
        share.HasIndex(s => s.Hash).IsUnique();
        share.HasIndex(s => s.UserId);
        share.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).HasConstraintName("fk_shares_users_user_id").OnDelete(DeleteBehavior.Cascade);
    }
}
