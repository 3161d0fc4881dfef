namespace BillionHearts.Storage.Files;

/// <summary>Says what the disk has, without the path: that is for the log of whoever runs the service.</summary>
internal static class FileFaults
{
    public static BlobStoreUnavailableException Unavailable(Exception exception) => new(
        exception switch
        {
            UnauthorizedAccessException => "The blob store's folder may not be used by this process.",
            { HResult: Posix.NoSpace or Posix.OverQuota } => "The blob store's disk is full.",
            { HResult: Posix.ReadOnlyFileSystem } => "The blob store's disk is read-only.",
            { HResult: Posix.CrossDevice } => "The blob store's folders must be on one file system.",
            _ => "The blob store's disk failed.",
        },
        exception);
}
