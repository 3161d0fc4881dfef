using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Platform.Data;

internal sealed class ImageMapping : IEntityTypeConfiguration<Image>
{
    public const int MaxCameraLength = 128;
    public const int MaxFilenameLength = 255;

    /// <summary>Much more than a photo's tags and place have, and less than would make lists slow.</summary>
    public const int MaxSearchTextLength = 4000;

    private const string Visible = "deleted_at IS NULL";

    public void Configure(EntityTypeBuilder<Image> image)
    {
        // Ids are allocated in blocks: the outbox row contains the image's id, and both rows are written in one round trip.
        image.Property(i => i.Id).UseHiLo("images_id_seq");
        image.HasQueryFilter(i => i.DeletedAt == null);

        image.Property(i => i.OriginalFilename).HasMaxLength(MaxFilenameLength);
        image.Property(i => i.FileType).HasMaxLength(8);
        image.Property(i => i.Status).HasMaxLength(16);
        image.Property(i => i.Camera).HasMaxLength(MaxCameraLength);
        image.Property(i => i.SearchText).HasMaxLength(MaxSearchTextLength);
        image.Property(i => i.MediaKey).HasMaxLength(32).IsFixedLength();
        MapJson(image.Property(i => i.Analysis));
        MapJson(image.Property(i => i.Recognition));
        MapJson(image.Property(i => i.Renditions)).HasDefaultValueSql("'[]'");

        image.ToTable("images", table => table.HasCheckConstraint(
            "ck_images_status", $"status IN ({string.Join(", ", ImageStatus.All.Select(status => $"'{status}'"))})"));

        image.HasIndex(i => i.MediaKey).IsUnique();

        // How many images wait before one: request ids are ordered by time. Only images that wait are in it.
        image.Property(i => i.AnalysisInBackfill).HasDefaultValue(false);
        image.HasIndex(i => new { i.AnalysisInBackfill, i.AnalysisRequestId }).HasFilter("analysis_request_id IS NOT NULL");

        // Used by the previous version, whose processes may run at the same time. Removal from retired_blobs has replaced them.
        image.Property<int>("RemovalAttempts");
        image.Property<DateTimeOffset?>("RemovalDueAt");
        image.HasIndex("RemovalDueAt").HasFilter("removal_due_at IS NOT NULL");

        // The orphan collector looks up paths, and clients check whether a content is already stored before they upload it.
        image.HasIndex(i => i.StoragePath).IsUnique();
        image.HasIndex(i => new { i.UserId, i.Sha256 }).HasFilter("deleted_at IS NULL AND sha256 IS NOT NULL");

        // To undo a merge, and to end the time in which it can be undone.
        image.HasIndex(i => i.MergedInto).HasFilter("merged_into IS NOT NULL");
        image.HasIndex(i => i.MergedAt).HasFilter("merged_at IS NOT NULL");

        // One for each way to list a user's images; each is read forwards and backwards. The index by capture date is over an expression,
        // which the model cannot describe: the migration CaptureDates creates it as ix_images_user_id_captured_id.
        image.HasIndex(i => new { i.UserId, i.UploadDate, i.Id }).HasFilter(Visible);
        image.HasIndex(i => new { i.UserId, i.Status, i.UploadDate, i.Id }).HasFilter(Visible);
        image.HasIndex(i => new { i.UserId, i.FileType, i.UploadDate, i.Id }).HasFilter(Visible);
        image.HasIndex(i => new { i.UserId, i.Camera, i.UploadDate, i.Id }).HasFilter($"{Visible} AND camera IS NOT NULL");

        // The model cannot describe the generated column search and its index ix_images_search, and the indexes ix_images_phash_band_0 to _3, over expressions: the
        // migration Duplicates creates them. They are read with SQL (ImageSearch, SimilarImages), so that no other query reads the column.
    }

    // A document, not tables: analysis writes it once, it is always read whole, and new kinds of analysis extend it.
    private static PropertyBuilder<T> MapJson<T>(PropertyBuilder<T> property) => property
        .HasColumnType("jsonb")
        .HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Default),
            json => JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Default)!,
            new ValueComparer<T>((a, b) => ReferenceEquals(a, b), value => value!.GetHashCode(), value => value));
}
