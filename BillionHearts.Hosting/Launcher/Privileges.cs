namespace BillionHearts.Hosting.Launcher;

/// <summary>The beginning of a command line that drops root and ends with its parent.</summary>
internal static class Privileges
{
    public static string[] Drop(ProcessSpec spec)
    {
        string[] setpriv = [Executables.Require("setpriv"), "--pdeathsig", SignalName(spec.StopSignal)];

        if (!spec.DropPrivileges || !UnprivilegedAccount.IsNeeded)
        {
            return [.. setpriv, "--"];
        }

        // What root opened cannot be opened by name as another account, and nginx opens /dev/stdout by name.
        var (userId, groupId) = UnprivilegedAccount.Ids;
        string[] shell = ["/bin/sh", "-c", $"chown {userId}:{groupId} /proc/self/fd/1 /proc/self/fd/2; exec \"$@\"", "sh"];
        return [.. shell, .. setpriv, "--reuid", userId, "--regid", groupId, "--clear-groups", "--no-new-privs", "--"];
    }

    public static string SignalName(StopSignal signal) => signal switch
    {
        StopSignal.Interrupt => "INT",
        StopSignal.Quit => "QUIT",
        _ => "TERM",
    };
}
