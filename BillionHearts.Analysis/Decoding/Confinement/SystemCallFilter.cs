using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace BillionHearts.Analysis.Decoding.Confinement;

/// <summary>
/// A filter of system calls (seccomp) for all threads of this process, which cannot be removed: no sockets, no other programs or processes, no changes of
/// files. What is refused fails with EPERM. A list of what is refused, and not of what is allowed, because the .NET runtime's own calls differ by version.
/// </summary>
internal static class SystemCallFilter
{
    private const int SetNoNewPrivileges = 38;
    private const int SetModeFilter = 1;
    private const int AllThreads = 1;

    /// <returns>Whether the kernel has it and accepted the filter.</returns>
    public static bool TryApply()
    {
        if (!OperatingSystem.IsLinux() || SystemCallNumbers.OfThisProcessor is not { } numbers)
        {
            return false;
        }

        var instructions = FilterProgram.Create(numbers, Environment.ProcessId);
        var code = Marshal.AllocHGlobal(instructions.Length);
        var program = Marshal.AllocHGlobal(16);

        try
        {
            Marshal.Copy(instructions, 0, code, instructions.Length);

            // struct sock_fprog: the number of instructions, then their address, aligned to 8 bytes.
            Span<byte> header = stackalloc byte[16];
            header.Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)(instructions.Length / FilterProgram.InstructionBytes));
            BinaryPrimitives.WriteInt64LittleEndian(header[8..], code);
            Marshal.Copy(header.ToArray(), 0, program, header.Length);

            return SetProcessOption(SetNoNewPrivileges, 1, 0, 0, 0) is 0 && SystemCall(numbers.Seccomp, SetModeFilter, AllThreads, program) is 0;
        }
        finally
        {
            Marshal.FreeHGlobal(program);
            Marshal.FreeHGlobal(code);
        }
    }

    [DllImport("libc", EntryPoint = "prctl")]
    private static extern int SetProcessOption(int option, nint value, nint zero3, nint zero4, nint zero5);

    [DllImport("libc", EntryPoint = "syscall")]
    private static extern nint SystemCall(nint number, nint operation, nint flags, nint argument);
}
