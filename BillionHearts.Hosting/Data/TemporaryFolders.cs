namespace BillionHearts.Hosting.Data;

/// <summary>Folders of test runs, and the cleaning up after those that were killed.</summary>
internal static class TemporaryFolders
{
    private const string Prefix = "bh-";

    // A folder this young may belong to a run that has not yet put its lock there.
    private static readonly TimeSpan s_youth = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_exitLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    // Not TMPDIR where it can be helped: a server's unix socket lies below, and its path must not exceed 107 bytes.
    private static string Parent => Directory.Exists("/tmp") ? "/tmp" : Path.GetTempPath();

    public static string NewPath()
    {
        DeleteAbandoned();
        return Path.Combine(Parent, Prefix + Path.GetRandomFileName()[..8]);
    }

    /// <summary>Waits for servers that have not quite ended, whose files come back for as long. What then is still left, the next run removes.</summary>
    public static async Task DeleteAsync(string folder)
    {
        var start = TimeProvider.System.GetTimestamp();

        while (!TryDelete(folder) && TimeProvider.System.GetElapsedTime(start) < s_limit)
        {
            await Task.Delay(s_pause);
        }
    }

    public static void DeleteAtExit(string folder) => SpinWait.SpinUntil(() => TryDelete(folder), s_exitLimit);

    private static bool TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
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
                TryDelete(folder);
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
