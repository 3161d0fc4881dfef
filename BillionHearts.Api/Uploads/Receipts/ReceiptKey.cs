using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Uploads.Receipts;

/// <summary>A key that signs receipts. Only the newest signs; all are published, so that old receipts can be verified.</summary>
internal sealed class ReceiptKey
{
    /// <summary>RFC 7638 thumbprint of the public key.</summary>
    public required string Id { get; init; }

    /// <summary>ECDSA P-256 in PKCS#8.</summary>
    public required byte[] PrivateKey { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

internal sealed class ReceiptKeyMapping : IEntityTypeConfiguration<ReceiptKey>
{
    public void Configure(EntityTypeBuilder<ReceiptKey> key)
    {
        key.ToTable("receipt_keys");
        key.Property(k => k.Id).HasMaxLength(43);
        key.Property(k => k.CreatedAt).HasDefaultValueSql("now()");
    }
}
