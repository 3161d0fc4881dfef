using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Storage.Files;

/// <summary>Where the file store keeps its blobs. Bound from <c>BlobStore:Files</c>.</summary>
public sealed record FileBlobStoreOptions : IValidatableObject
{
    public const string SectionName = $"{BlobStoreOptions.SectionName}:Files";

    /// <summary>The folder. It must be the same for all processes of the system.</summary>
    public string Path { get; init; } = "";

    /// <summary>
    /// Initializes the folder as a store when it is new and empty. Turn it off for a volume that may not be mounted: the empty
    /// mount point looks the same, and uploads stored there would be hidden when the volume is back.
    /// </summary>
    public bool Initialize { get; init; }

    /// <summary>Free disk space in bytes that uploads must leave. Below it uploads are refused; everything else keeps working.</summary>
    [Range(0, long.MaxValue)]
    public long MinimumFree { get; init; } = 256L * 1024 * 1024;

    /// <summary>Age at which an unfinished file is considered abandoned. Must be longer than the slowest upload.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan LeftOverAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Maximum number of simultaneous calls to the file system per process, and so of threads that a hanging disk can block.</summary>
    [Range(1, 256)]
    public int Parallelism { get; init; } = 32;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!System.IO.Path.IsPathFullyQualified(Path))
        {
            yield return new ValidationResult(
                $"{SectionName}:{nameof(Path)} must be the full path of the folder that holds the blobs; it is '{Path}'.", [nameof(Path)]);
        }

        if (!OperatingSystem.IsLinux())
        {
            yield return new ValidationResult("The file store needs Linux: what it promises rests on link(2) and on fsync(2) of folders.");
        }
    }
}
