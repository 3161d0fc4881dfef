namespace BillionHearts.Hosting.Data;

/// <summary>Folders of test runs, and the cleaning up after those that were killed.</summary>
internal static class TemporaryFolders
{
    private const string Prefix = "bh-";

    // A folder this young may belong to a run that has not yet put its lock there.
    private static readonly TimeSpan s_youth = TimeSpan.FromMinutes(2);

    // Not TMPDIR where it can be helped: a server's unix socket lies below, and its path must not exceed 107 bytes.
    private static string Parent => Directory.Exists("/tmp") ? "/tmp" : Path.GetTempPath();

    public static string NewPath()
    {
        DeleteAbandoned();
        return Path.Combine(Parent, Prefix + Path.GetRandomFileName()[..8]);
    }

    public static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next run that makes one tries again.
        }
    }

    private static void DeleteAbandoned()
    {
        var youngest = TimeProvider.System.GetUtcNow().UtcDateTime - s_youth;

        foreach (var folder in Directory.EnumerateDirectories(Parent, $"{Prefix}*"))
        {
            if (!File.Exists(Path.Combine(folder, "lock")) || Directory.GetCreationTimeUtc(folder) > youngest)
            {
                continue;
            }

            using var owned = TryOwn(folder);
            if (owned is not null)
            {
                Delete(folder);
            }
        }
    }

    private static FileStream? TryOwn(string folder)
    {
        try
        {
            return DataFolder.TryOwn(folder);
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
