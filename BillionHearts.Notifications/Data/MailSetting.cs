using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Notifications.Data;

/// <summary>The address that a user's digests go to, and how far they have come.</summary>
internal sealed class MailSetting
{
    public const int MaxAddressLength = 254;

    public required long UserId { get; init; }

    public required string Address { get; init; }

    /// <summary>When the user showed with <see cref="Code"/> that the address is theirs. Nothing but the code is sent before.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>Sent to the address; null once it was used.</summary>
    public string? Code { get; init; }

    public DateTimeOffset CodeExpiresAt { get; init; }

    /// <summary>How often a code was wrong.</summary>
    public int WrongCodes { get; init; }

    /// <summary>In the link of each mail that ends them.</summary>
    public required string UnsubscribeKey { get; init; }

    /// <summary>Sequence of the last event that a digest has covered.</summary>
    public long MailedThrough { get; init; }

    /// <summary>Sequence of the last event of a digest that is being sent. It stays until the mail server has accepted it, so that a repeated digest is the same.</summary>
    public long? MailingThrough { get; init; }

    /// <summary>The earliest time of the next attempt, by the database's clock. Moved ahead while a replica is sending.</summary>
    public DateTimeOffset NextAt { get; init; }

    /// <summary>Attempts that failed in a row.</summary>
    public int Failures { get; init; }
}

internal sealed class MailSettingMapping : IEntityTypeConfiguration<MailSetting>
{
    public void Configure(EntityTypeBuilder<MailSetting> setting)
    {
        setting.ToTable("mail_settings").HasKey(s => s.UserId);
        setting.Property(s => s.UserId).ValueGeneratedNever();
        setting.Property(s => s.Address).HasMaxLength(MailSetting.MaxAddressLength);
        setting.HasIndex(s => s.UnsubscribeKey).IsUnique();
        setting.HasIndex(s => s.NextAt);
        setting.Property(s => s.NextAt).HasDefaultValueSql("now()");
        setting.Property(s => s.CodeExpiresAt).HasDefaultValueSql("now()");
        setting.Property(s => s.MailedThrough).HasDefaultValue(0L);
        setting.Property(s => s.WrongCodes).HasDefaultValue(0);
        setting.Property(s => s.Failures).HasDefaultValue(0);
    }
}
