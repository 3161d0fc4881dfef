using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Uploads.Receipts;

/// <summary>Options for signing receipts. Bound from the <c>Receipts</c> section.</summary>
internal sealed record ReceiptOptions
{
    public const string SectionName = "Receipts";

    /// <summary>How long a key signs before a new one replaces it. Its public part stays published, so that old receipts stay valid.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeyLifetime { get; init; } = TimeSpan.FromDays(365);
}
