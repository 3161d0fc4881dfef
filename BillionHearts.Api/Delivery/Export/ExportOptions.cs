using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Delivery.Export;

/// <summary>How images are exported. Bound from the <c>Export</c> section.</summary>
internal sealed record ExportOptions
{
    public const string SectionName = "Export";

    /// <summary>Exports that one process sends at once. Each lasts as long as its client needs to take it.</summary>
    [Range(1, 64)]
    public int MaxConcurrent { get; init; } = 2;

    /// <summary>Images that the database is asked for at once.</summary>
    [Range(1, 1000)]
    public int PageSize { get; init; } = 200;
}
