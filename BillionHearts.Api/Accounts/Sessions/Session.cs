using BillionHearts.Api.Accounts.Secrets;
using BillionHearts.Api.Accounts.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Accounts.Sessions;

/// <summary>A sign-in that lasts: its secret, the refresh token, is exchanged for access tokens until it is not used for a while or the user ends it.</summary>
internal sealed class Session : IUserSecret
{
    public long Id { get; init; }

    public required long UserId { get; init; }

    /// <summary>What the user recognises it by, such as "Chromium on Linux".</summary>
    public string? Client { get; init; }

    /// <inheritdoc/>
    public required byte[] Hash { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Exact to a minute.</summary>
    public required DateTimeOffset LastUsedAt { get; init; }

    /// <summary>The client's IP address at that time.</summary>
    public string? Address { get; init; }

    /// <summary>Each use moves it.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }
}

internal sealed class SessionMapping : IEntityTypeConfiguration<Session>
{
    public const int MaxClientLength = 100;

    public void Configure(EntityTypeBuilder<Session> session)
    {
        session.ToTable("sessions");
        session.Property(s => s.Id).UseIdentityAlwaysColumn();
        session.Property(s => s.Client).HasMaxLength(MaxClientLength);
        session.Property(s => s.Address).HasMaxLength(64);
        session.Property(s => s.ExpiresAt).IsRequired();
        session.Property(s => s.CreatedAt).HasDefaultValueSql("now()");
        session.HasIndex(s => s.Hash).IsUnique();
        session.HasIndex(s => s.UserId);
        // Retention deletes expired ones.
        session.HasIndex(s => s.ExpiresAt);
        session.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).HasConstraintName("fk_sessions_users_user_id").OnDelete(DeleteBehavior.Cascade);
    }
}
