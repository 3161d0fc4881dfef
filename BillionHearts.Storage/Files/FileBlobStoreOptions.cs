using System.ComponentModel.DataAnnotations;

namespace BillionHearts.Storage.Files;

/// <summary>Where the file store keeps its blobs. Bound from <c>BlobStore:Files</c>.</summary>
public sealed record FileBlobStoreOptions : IValidatableObject
{
    public const string SectionName = $"{BlobStoreOptions.SectionName}:Files";

    /// <summary>The folder, the same one for every process of the system.</summary>
    public string Path { get; init; } = "";

    /// <summary>
    /// Makes the folder a store when it is new and empty. Off where it is a volume that may not be mounted: the empty
    /// folder under a missing volume looks the same, and would take uploads that vanish when the volume is back.
    /// </summary>
    public bool Initialize { get; init; }

    /// <summary>Bytes of the disk that uploads leave free; below it they are refused while everything else goes on.</summary>
    [Range(0, long.MaxValue)]
    public long MinimumFree { get; init; } = 256L * 1024 * 1024;

    /// <summary>When an unfinished file counts as left over by a process that died. Longer than the slowest upload.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan LeftOverAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Calls to the file system at once, in one process: a disk that hangs takes these and no further threads.</summary>
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
