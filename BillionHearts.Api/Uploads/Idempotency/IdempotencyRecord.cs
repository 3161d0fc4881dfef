using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Uploads.Idempotency;

/// <summary>
/// The answer to a request that may be sent again. Written in the commit that did what was asked, so that of any number of
/// requests with one key exactly one has an effect.
/// </summary>
internal sealed class IdempotencyRecord
{
    public required long UserId { get; init; }

    /// <summary>Method and path, as the same key may serve another route.</summary>
    public required string Route { get; init; }

    public required string Key { get; init; }

    /// <summary>SHA-256 over what was asked: the same key with another body is a client's mistake.</summary>
    public required byte[] Fingerprint { get; init; }

    public required int Status { get; init; }

    public required string Body { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

internal sealed class IdempotencyRecordMapping : IEntityTypeConfiguration<IdempotencyRecord>
{
    public const int MaxKeyLength = 255;
    public const string PrimaryKey = "pk_idempotency_records";

    public void Configure(EntityTypeBuilder<IdempotencyRecord> record)
    {
        record.ToTable("idempotency_records");
        record.HasKey(r => new { r.UserId, r.Route, r.Key }).HasName(PrimaryKey);
        record.Property(r => r.Route).HasMaxLength(128);
        record.Property(r => r.Key).HasMaxLength(MaxKeyLength);
        record.Property(r => r.CreatedAt).HasDefaultValueSql("now()");
        record.HasIndex(r => r.CreatedAt);
    }
}
