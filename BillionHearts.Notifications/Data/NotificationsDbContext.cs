using BillionHearts.Notifications.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace BillionHearts.Notifications.Data;

internal sealed class NotificationsDbContext(DbContextOptions<NotificationsDbContext> options) : DbContext(options)
{
    public DbSet<UserStream> Streams => Set<UserStream>();

    public DbSet<UserEvent> Events => Set<UserEvent>();

    public DbSet<MailSetting> MailSettings => Set<MailSetting>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfiguration(new MailSettingMapping());

        modelBuilder.Entity<UserStream>(stream =>
        {
            stream.ToTable("user_streams").HasKey(s => s.UserId);
            stream.Property(s => s.UserId).ValueGeneratedNever();
        });

        modelBuilder.Entity<UserEvent>(userEvent =>
        {
            userEvent.ToTable("user_events").HasKey(e => new { e.UserId, e.Sequence });
            userEvent.HasIndex(e => e.EventId).IsUnique();
            userEvent.HasIndex(e => e.RecordedAt);
            userEvent.HasIndex(e => e.UserId).HasFilter("read_at IS NULL").HasDatabaseName("ix_user_events_unread");
            userEvent.Property(e => e.RecordedAt).HasDefaultValueSql("now()");
            userEvent.Property(e => e.Duplicates).HasColumnType("jsonb");
        });

        modelBuilder.AddWebhooks();
    }
}
