using System.Diagnostics;

namespace BillionHearts.Hosting.Launcher;

/// <summary>
/// Who the native servers run as when the host is root: <c>nobody</c>, which exists everywhere and owns nothing.
/// PostgreSQL refuses root, and asks for an account that has a name.
/// </summary>
internal static class UnprivilegedAccount
{
    public const string Name = "nobody";

    /// <summary>Only root can change accounts, and only root needs to.</summary>
    public static bool IsNeeded => Environment.IsPrivilegedProcess;

    /// <summary>User and group id of the account.</summary>
    public static (string UserId, string GroupId) Ids { get; } = ReadIds();

    /// <summary>Gives a folder and all that is in it to the account; nothing to do for what it owns already.</summary>
    public static async Task OwnAsync(string folder, CancellationToken cancellationToken)
    {
        if (!IsNeeded)
        {
            return;
        }

        string[] arguments = [folder, "!", "-user", Ids.UserId, "-exec", "chown", "-h", $"{Ids.UserId}:{Ids.GroupId}", "{}", "+"];
        using var find = Process.Start(new ProcessStartInfo("find", arguments) { RedirectStandardInput = true })!;
        await find.WaitForExitAsync(cancellationToken);

        if (find.ExitCode is not 0)
        {
            throw new NativeServerException($"Could not make the account '{Name}', which runs the servers, the owner of the folder '{folder}'.");
        }
    }

    /// <summary>The first folder on the way to a path that the account may not enter, or null when it can get there.</summary>
    public static string? FindClosedParent(string path)
    {
        if (!IsNeeded)
        {
            return null;
        }

        for (var folder = Path.GetDirectoryName(Path.GetFullPath(path)); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Directory.Exists(folder) && !File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherExecute))
            {
                return folder;
            }
        }

        return null;
    }

    private static (string UserId, string GroupId) ReadIds()
    {
        // nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
        var entry = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(fields => fields[0] is Name);

        return entry is null
            ? throw new NativeServerException($"/etc/passwd has no account '{Name}', which runs the servers when the AppHost is root.")
            : (entry[2], entry[3]);
    }
}
