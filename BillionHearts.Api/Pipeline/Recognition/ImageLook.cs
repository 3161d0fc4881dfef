using System.Collections;
using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Pipeline.Recognition;

/// <summary>What one version of an image looks like. A table of its own: no other query reads it. It is deleted with the image's row.</summary>
internal sealed class ImageLook
{
    public long ImageId { get; init; }

    /// <summary>An image never changes its owner.</summary>
    public long UserId { get; init; }

    public int Version { get; init; }

    public required string Model { get; init; }

    /// <summary>The first bits of <see cref="Code"/>.</summary>
    public short Cell { get; init; }

    public required BitArray Code { get; init; }

    public required byte[] Embedding { get; init; }
}

internal sealed class ImageLookMapping : IEntityTypeConfiguration<ImageLook>
{
    public void Configure(EntityTypeBuilder<ImageLook> look)
    {
        look.ToTable("image_looks");
        look.HasKey(l => l.ImageId);
        look.Property(l => l.ImageId).ValueGeneratedNever();
        look.Property(l => l.Model).HasMaxLength(RecognizedHandler.MaxModelLength);
        look.Property(l => l.Code).HasColumnType($"bit({LookCode.Bits})");
        look.HasOne<Image>().WithOne().HasForeignKey<ImageLook>(l => l.ImageId).OnDelete(DeleteBehavior.Cascade);

        // With all that the search compares, so that only the index is read.
        look.HasIndex(l => new { l.UserId, l.Cell }).IncludeProperties(l => new { l.ImageId, l.Code });
    }
}
