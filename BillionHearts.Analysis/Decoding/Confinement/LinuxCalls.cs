using System.Runtime.InteropServices;

namespace BillionHearts.Analysis.Decoding.Confinement;

/// <summary>Calls of the Linux kernel that .NET has no methods for.</summary>
internal static class LinuxCalls
{
    private const int NoNewPrivileges = 38;

    /// <summary>No program that this thread starts gets rights that it has not. Required by Landlock and seccomp.</summary>
    public static bool TryForbidNewRights() => SetProcessOption(NoNewPrivileges, 1, 0, 0, 0) is 0;

    /// <summary>Passes the address and the length of a structure.</summary>
    public static nint With(ReadOnlySpan<byte> structure, Func<nint, nint, nint> call)
    {
        var address = Marshal.AllocHGlobal(structure.Length);

        try
        {
            Marshal.Copy(structure.ToArray(), 0, address, structure.Length);
            return call(address, structure.Length);
        }
        finally
        {
            Marshal.FreeHGlobal(address);
        }
    }

    /// <summary>prctl(2).</summary>
    [DllImport("libc", EntryPoint = "prctl")]
    public static extern int SetProcessOption(int option, nint value, nint third, nint fourth, nint fifth);

    /// <summary>syscall(2).</summary>
    [DllImport("libc", EntryPoint = "syscall")]
    public static extern nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);
}
