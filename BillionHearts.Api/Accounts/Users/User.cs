using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Accounts.Users;

internal sealed class User
{
    public long Id { get; set; }

    public required string Username { get; init; }

    /// <summary>
    /// <see cref="Usernames.Normalize"/> of the name. <see langword="null"/> for a user who is older than this column and whose name differed
    /// from an older user's in case only: such a user signs in with the exact name.
    /// </summary>
    public string? NormalizedUsername { get; init; }

    /// <summary>In the format of ASP.NET Core Identity; absent for a user created without a password.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Images with content. The quota limits this and <see cref="StoredBytes"/>; both change in the commit of each image.</summary>
    public long ImageCount { get; set; }

    /// <summary>The bytes of the current versions.</summary>
    public long StoredBytes { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the user was disabled: they cannot sign in, and their credentials are refused.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>When the user became an operator. Only changed directly in the database: no request can make a user an operator.</summary>
    public DateTimeOffset? OperatorSince { get; init; }
}

internal sealed class UserMapping : IEntityTypeConfiguration<User>
{
    public const int MaxUsernameLength = 255;
    public const string PrimaryKey = "pk_users";
    public const string UniqueUsername = "ix_users_username";
    public const string UniqueNormalizedUsername = "ix_users_normalized_username";

    public void Configure(EntityTypeBuilder<User> user)
    {
        user.ToTable("users");
        user.HasKey(u => u.Id).HasName(PrimaryKey);
        user.Property(u => u.Id).UseIdentityByDefaultColumn();
        user.Property(u => u.Username).HasMaxLength(MaxUsernameLength);
        user.HasIndex(u => u.Username).IsUnique().HasDatabaseName(UniqueUsername);
        user.HasIndex(u => u.NormalizedUsername).IsUnique().HasDatabaseName(UniqueNormalizedUsername);
        user.Property(u => u.ImageCount).HasDefaultValue(0L);
        user.Property(u => u.StoredBytes).HasDefaultValue(0L);
        user.Property(u => u.CreatedAt).HasDefaultValueSql("now()");
        user.HasMany<Image>().WithOne().HasForeignKey(i => i.UserId).OnDelete(DeleteBehavior.Restrict);
    }
}
