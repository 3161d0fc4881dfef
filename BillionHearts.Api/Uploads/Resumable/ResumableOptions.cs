using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>How resumable uploads are kept until they are whole. Bound from the <c>Resumable</c> section; what is accepted as an image stands in <c>Upload</c>.</summary>
internal sealed record ResumableOptions
{
    public const string SectionName = "Resumable";

    /// <summary>How long an unfinished upload is kept after the last bytes that came for it.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Unfinished uploads that one user may have. Each holds up to <c>Upload:MaxBytes</c> in the store until it ends or expires.</summary>
    [Range(1, 100_000)]
    public int MaxUnfinished { get; init; } = 100;

    /// <summary>
    /// Bytes that are kept with one commit. Each request that brings bytes holds this much in memory, and a process that is killed loses
    /// no more of it; smaller pieces are more of them.
    /// </summary>
    [Range(64 * 1024, 16 * 1024 * 1024)]
    public int PieceBytes { get; init; } = 1024 * 1024;
}
