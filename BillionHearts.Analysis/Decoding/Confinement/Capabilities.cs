using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace BillionHearts.Analysis.Decoding.Confinement;

/// <summary>The special rights of root (capabilities(7)), such as looking into other processes.</summary>
internal static class Capabilities
{
    private const uint Version3 = 0x2008_0522;

    /// <summary>The calling thread gives up all of them, and no program that it starts gets them back, even as root.</summary>
    /// <returns>Whether it has none any more.</returns>
    public static bool TryDropOfThread()
    {
        if (!OperatingSystem.IsLinux() || !LinuxCalls.TryForbidNewRights())
        {
            return false;
        }

        // struct __user_cap_header_struct, of this thread, and twice struct __user_cap_data_struct: effective, permitted, inheritable.
        Span<byte> header = stackalloc byte[8];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, Version3);
        Span<byte> none = stackalloc byte[24];
        none.Clear();
        var data = none.ToArray();

        return LinuxCalls.With(header, (head, _) => LinuxCalls.With(data, (rights, _) => Set(head, rights))) is 0;
    }

    [DllImport("libc", EntryPoint = "capset")]
    private static extern int Set(nint header, nint data);
}
