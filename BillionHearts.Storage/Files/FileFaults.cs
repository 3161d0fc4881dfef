namespace BillionHearts.Storage.Files;

/// <summary>Describes a disk error without its path, which belongs in the operator's log only.</summary>
internal static class FileFaults
{
    public static BlobStoreUnavailableException Unavailable(Exception exception) => new(
        exception switch
        {
            UnauthorizedAccessException => "This process has no access to the blob store's folder.",
            { HResult: Posix.NoSpace or Posix.OverQuota } => "The blob store's disk is full.",
            { HResult: Posix.ReadOnlyFileSystem } => "The blob store's disk is read-only.",
            { HResult: Posix.CrossDevice } => "The blob store's folders must be on one file system.",
            _ => "The blob store's disk failed.",
        },
        exception);
}
