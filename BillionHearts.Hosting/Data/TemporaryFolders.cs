namespace BillionHearts.Hosting.Data;

/// <summary>Folders of test runs. Those of killed runs are removed by the next one.</summary>
internal static class TemporaryFolders
{
    private const string Prefix = "bh-";

    // A newer folder may belong to a run that has not created its lock yet.
    private static readonly TimeSpan s_minimumAge = TimeSpan.FromMinutes(2);
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

    /// <summary>Tries until all servers have ended, which create files again until then. The next run removes what is left.</summary>
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
        var youngest = TimeProvider.System.GetUtcNow().UtcDateTime - s_minimumAge;

        foreach (var folder in Directory.EnumerateDirectories(Parent, $"{Prefix}*"))
        {
            if (!File.Exists(Path.Combine(folder, "lock")) || Directory.GetCreationTimeUtc(folder) > youngest)
            {
                continue;
            }

            using var owned = TryLock(folder);
            if (owned is not null)
            {
                TryDelete(folder);
            }
        }
    }

    private static FileStream? TryLock(string folder)
    {
        try
        {
            return DataFolder.TryLock(folder);
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
