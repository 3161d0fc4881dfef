using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Delivery.Export;

/// <summary>Limits of exports. Bound from the <c>Export</c> section.</summary>
internal sealed record ExportOptions
{
    public const string SectionName = "Export";

    /// <summary>Concurrent exports of one process. Each lasts as long as its client takes to read it.</summary>
    [Range(1, 64)]
    public int MaxConcurrent { get; init; } = 2;

    /// <summary>Number of images that one query reads.</summary>
    [Range(1, 1000)]
    public int PageSize { get; init; } = 200;
}
