using BillionHearts.Api.Accounts.Secrets;
using BillionHearts.Api.Accounts.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Accounts.Keys;

/// <summary>Credentials of a program that acts for a user, with fewer permissions than the user. The key itself is not stored.</summary>
internal sealed class ApiKey : IUserSecret
{
    public long Id { get; init; }

    public required long UserId { get; init; }

    public required string Name { get; init; }

    /// <inheritdoc/>
    public required byte[] Hash { get; init; }

    public required string[] Scopes { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }
}

internal sealed class ApiKeyMapping : IEntityTypeConfiguration<ApiKey>
{
    public const int MaxNameLength = 100;

    public void Configure(EntityTypeBuilder<ApiKey> key)
    {
        key.ToTable("api_keys");
        key.Property(k => k.Id).UseIdentityAlwaysColumn();
        key.Property(k => k.Name).HasMaxLength(MaxNameLength);
        key.Property(k => k.CreatedAt).HasDefaultValueSql("now()");
        key.HasIndex(k => k.Hash).IsUnique();
        key.HasIndex(k => k.UserId);
        key.HasOne<User>().WithMany().HasForeignKey(k => k.UserId).HasConstraintName("fk_api_keys_users_user_id").OnDelete(DeleteBehavior.Cascade);
    }
}
