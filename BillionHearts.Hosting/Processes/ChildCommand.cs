using System.Diagnostics;
using System.Text;

namespace BillionHearts.Hosting.Processes;

/// <summary>Turns a <see cref="ProcessSpec"/> into the command line that the kernel gets.</summary>
internal static class ChildCommand
{
    // Replaces what is not UTF-8: a child may write anything, and a line of it must not end the reading.
    private static readonly UTF8Encoding s_tolerant = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    public static ProcessStartInfo ToStartInfo(ProcessSpec spec)
    {
        RequireExecutable(spec.FileName);

        if (!Directory.Exists(spec.WorkingDirectory))
        {
            throw new DistributedApplicationException($"The working directory '{spec.WorkingDirectory}' of '{spec.FileName}' does not exist.");
        }

        var startInfo = new ProcessStartInfo(Executables.Require("setsid"), ArgumentsOf(spec))
        {
            WorkingDirectory = spec.WorkingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = s_tolerant,
            StandardErrorEncoding = s_tolerant,
        };

        if (spec.ClearEnvironment)
        {
            startInfo.Environment.Clear();
        }

        foreach (var (name, value) in spec.Environment)
        {
            startInfo.Environment[name] = value;
        }

        startInfo.Environment[HostWatchdog.MarkName] = HostWatchdog.Mark;
        return startInfo;
    }

    private static string[] ArgumentsOf(ProcessSpec spec)
    {
        string[] setpriv = [Executables.Require("setpriv"), "--pdeathsig", SignalName(spec.StopSignal)];
        string[] program = ["--", spec.FileName, .. spec.Arguments];

        if (!spec.DropPrivileges || !UnprivilegedAccount.IsNeeded)
        {
            return [.. setpriv, .. program];
        }

        // Root's pipe cannot be opened by name as another account, and nginx opens /dev/stdout by name.
        var (userId, groupId) = UnprivilegedAccount.Ids;
        string[] shell = ["/bin/sh", "-c", $"chown {userId}:{groupId} /proc/self/fd/1 /proc/self/fd/2; exec \"$@\"", "sh"];
        return [.. shell, .. setpriv, "--reuid", userId, "--regid", groupId, "--clear-groups", "--no-new-privs", .. program];
    }

    private static string SignalName(StopSignal signal) => signal switch
    {
        StopSignal.Interrupt => "INT",
        StopSignal.Quit => "QUIT",
        _ => "TERM",
    };

    private static void RequireExecutable(string fileName)
    {
        if (!File.Exists(fileName))
        {
            throw new DistributedApplicationException($"The executable '{fileName}' does not exist. {Executables.WayOut(fileName)}");
        }

        const UnixFileMode anyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

        if ((File.GetUnixFileMode(fileName) & anyExecute) is 0)
        {
            throw new DistributedApplicationException($"The file '{fileName}' may not be executed: chmod +x makes it a program.");
        }
    }
}
