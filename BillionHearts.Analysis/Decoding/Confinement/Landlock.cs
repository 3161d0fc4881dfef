using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace BillionHearts.Analysis.Decoding.Confinement;

/// <summary>
/// Restricts the calling thread, and every process that it starts from then on, to reading a few folders: nothing can be written, no TCP connection made, no
/// process outside inspected or signalled (landlock(7)). It cannot be undone.
/// </summary>
internal static class Landlock
{
    private const int CreateRuleset = 444;
    private const int AddRule = 445;
    private const int RestrictSelf = 446;
    private const int ReportVersion = 1;
    private const int PathBeneath = 1;

    private const int OpenForPath = 0x20_0000 | 0x8_0000; // O_PATH, O_CLOEXEC

    private const ulong Execute = 1 << 0;
    private const ulong ReadFile = 1 << 2;
    private const ulong ReadDirectory = 1 << 3;
    private const ulong Network = 0b11;        // bind, connect
    private const ulong AbstractSockets = 0b01;
    private const ulong Signals = 0b10;

    /// <summary>Number of file access rights by version of the interface, from 1; later versions have no further ones.</summary>
    private static readonly int[] s_rights = [13, 14, 15, 15, 16];

    /// <param name="readable">Files and folders that may be read and executed. What does not exist is ignored.</param>
    /// <returns>Whether the kernel has it and the thread is restricted.</returns>
    public static bool TryRestrictThread(IEnumerable<string> readable)
    {
        if (!OperatingSystem.IsLinux() || LinuxCalls.SystemCall(CreateRuleset, 0, 0, ReportVersion, 0) is not (> 0 and var version))
        {
            return false;
        }

        var ruleset = Create((int)version);

        if (ruleset < 0)
        {
            return false;
        }

        foreach (var path in readable)
        {
            Allow((int)ruleset, path);
        }

        var isRestricted = LinuxCalls.TryForbidNewRights() && LinuxCalls.SystemCall(RestrictSelf, ruleset, 0, 0, 0) is 0;
        _ = Close((int)ruleset);
        return isRestricted;
    }

    private static nint Create(int version)
    {
        // struct landlock_ruleset_attr: rights on files, on the network since version 4, on other processes since version 6.
        Span<byte> attributes = stackalloc byte[24];
        BinaryPrimitives.WriteUInt64LittleEndian(attributes, (1UL << s_rights[Math.Min(version, s_rights.Length) - 1]) - 1);
        BinaryPrimitives.WriteUInt64LittleEndian(attributes[8..], version >= 4 ? Network : 0);
        // In version 6 it also refuses signals to other threads of the own process, with which the runtime stops them.
        BinaryPrimitives.WriteUInt64LittleEndian(attributes[16..], version >= 7 ? AbstractSockets | Signals : version >= 6 ? AbstractSockets : 0);

        return LinuxCalls.With(attributes[..(version >= 6 ? 24 : version >= 4 ? 16 : 8)], static (address, length) => LinuxCalls.SystemCall(CreateRuleset, address, length, 0, 0));
    }

    private static void Allow(int ruleset, string path)
    {
        var file = Open(path, OpenForPath);

        if (file < 0)
        {
            return;
        }

        // struct landlock_path_beneath_attr, packed: the rights, then the open file.
        Span<byte> attributes = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(attributes, Execute | ReadFile | (Directory.Exists(path) ? ReadDirectory : 0));
        BinaryPrimitives.WriteInt32LittleEndian(attributes[8..], file);
        _ = LinuxCalls.With(attributes, (address, _) => LinuxCalls.SystemCall(AddRule, ruleset, PathBeneath, address, 0));
        _ = Close(file);
    }

    [DllImport("libc", EntryPoint = "open")]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int file);
}
