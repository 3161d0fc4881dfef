using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Platform.Data;

internal sealed class ImageMapping : IEntityTypeConfiguration<Image>
{
    public const int MaxCameraLength = 128;
    public const int MaxFilenameLength = 255;

    private const string Visible = "deleted_at IS NULL";

    public void Configure(EntityTypeBuilder<Image> image)
    {
        // Ids come in blocks: the outbox row names the image's id, and both are written in one round trip.
        image.Property(i => i.Id).UseHiLo("images_id_seq");
        image.HasQueryFilter(i => i.DeletedAt == null);

        image.Property(i => i.OriginalFilename).HasMaxLength(MaxFilenameLength);
        image.Property(i => i.FileType).HasMaxLength(8);
        image.Property(i => i.Status).HasMaxLength(16);
        image.Property(i => i.Camera).HasMaxLength(MaxCameraLength);
        image.Property(i => i.MediaKey).HasMaxLength(32).IsFixedLength();
        MapJson(image.Property(i => i.Analysis));
        MapJson(image.Property(i => i.Renditions)).HasDefaultValueSql("'[]'");

        image.ToTable("images", table => table.HasCheckConstraint(
            "ck_images_status", $"status IN ({string.Join(", ", ImageStatus.All.Select(status => $"'{status}'"))})"));

        image.HasIndex(i => i.MediaKey).IsUnique();

        // Of the previous version, whose processes may run beside this one's. What they did, removal from retired_blobs does now.
        image.Property<int>("RemovalAttempts");
        image.Property<DateTimeOffset?>("RemovalDueAt");
        image.HasIndex("RemovalDueAt").HasFilter("removal_due_at IS NOT NULL");

        // The orphan collector asks by path, and who uploads asks whether a content is here already.
        image.HasIndex(i => i.StoragePath).IsUnique();
        image.HasIndex(i => new { i.UserId, i.Sha256 }).HasFilter("deleted_at IS NULL AND sha256 IS NOT NULL");

        // One per way to list a user's images; each is read forwards and backwards. The one by capture is over an expression, of
        // which the model knows nothing: ix_images_user_id_captured_id, made by the migration CaptureDates.
        image.HasIndex(i => new { i.UserId, i.UploadDate, i.Id }).HasFilter(Visible);
        image.HasIndex(i => new { i.UserId, i.Status, i.UploadDate, i.Id }).HasFilter(Visible);
        image.HasIndex(i => new { i.UserId, i.FileType, i.UploadDate, i.Id }).HasFilter(Visible);
        image.HasIndex(i => new { i.UserId, i.Camera, i.UploadDate, i.Id }).HasFilter($"{Visible} AND camera IS NOT NULL");
    }

    // A document, not tables: it is written once by analysis, read whole, and grows by what analysis learns.
    private static PropertyBuilder<T> MapJson<T>(PropertyBuilder<T> property) => property
        .HasColumnType("jsonb")
        .HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Default),
            json => JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Default)!,
            new ValueComparer<T>((a, b) => ReferenceEquals(a, b), value => value!.GetHashCode(), value => value));
}
