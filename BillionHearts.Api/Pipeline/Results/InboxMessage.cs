using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BillionHearts.Api.Pipeline.Results;

/// <summary>An analysis request whose result has been handled. A second result finds this row and changes nothing.</summary>
internal sealed class InboxMessage
{
    public Guid RequestId { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }
}

internal sealed class InboxMapping : IEntityTypeConfiguration<InboxMessage>
{
    public void Configure(EntityTypeBuilder<InboxMessage> message)
    {
        message.ToTable("inbox");
        message.HasKey(m => m.RequestId);
        message.Property(m => m.ReceivedAt).HasDefaultValueSql("now()");
        message.HasIndex(m => m.ReceivedAt);
    }
}
