using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Uploads.Idempotency;

/// <summary>
/// The answer to a request that may be repeated. It is written in the commit that does the work, so exactly one of all requests
/// with the same key has an effect.
/// </summary>
internal sealed class IdempotencyRecord
{
    public required long UserId { get; init; }

    /// <summary>Method and path, because the same key may be used for another route.</summary>
    public required string Route { get; init; }

    public required string Key { get; init; }

    /// <summary>SHA-256 of the request: the same key with a different body is a client's mistake.</summary>
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
