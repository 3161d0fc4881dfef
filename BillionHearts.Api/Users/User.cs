using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Users;

internal sealed class User
{
    public long Id { get; set; }

    public required string Username { get; init; }

    /// <summary>In the format of ASP.NET Core Identity; absent for a user that was created without a password.</summary>
    public string? PasswordHash { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

internal sealed class UserMapping : IEntityTypeConfiguration<User>
{
    public const int MaxUsernameLength = 255;
    public const string PrimaryKey = "pk_users";
    public const string UniqueUsername = "ix_users_username";

    public void Configure(EntityTypeBuilder<User> user)
    {
        user.HasKey(u => u.Id).HasName(PrimaryKey);
        user.Property(u => u.Id).UseIdentityByDefaultColumn();
        user.Property(u => u.Username).HasMaxLength(MaxUsernameLength);
        user.HasIndex(u => u.Username).IsUnique().HasDatabaseName(UniqueUsername);
        user.Property(u => u.CreatedAt).HasDefaultValueSql("now()");
    }
}
