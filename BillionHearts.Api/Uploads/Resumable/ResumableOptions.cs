using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Api.Uploads.Resumable;

/// <summary>Options for unfinished resumable uploads. Bound from the <c>Resumable</c> section; the limits of an image are in <c>Upload</c>.</summary>
internal sealed record ResumableOptions
{
    public const string SectionName = "Resumable";

    /// <summary>How long an unfinished upload is kept after its last bytes arrived.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How many unfinished uploads one user may have. Each uses up to <c>Upload:MaxBytes</c> in the store until it ends or expires.</summary>
    [Range(1, 100_000)]
    public int MaxUnfinished { get; init; } = 100;

    /// <summary>
    /// Bytes that are stored with one commit. Each request that sends bytes holds this much in memory, and a killed process loses at most
    /// this much of it; smaller pieces mean more commits.
    /// </summary>
    [Range(64 * 1024, 16 * 1024 * 1024)]
    public int PieceBytes { get; init; } = 1024 * 1024;
}
