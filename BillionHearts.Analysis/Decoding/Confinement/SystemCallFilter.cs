using System.Buffers.Binary;

namespace BillionHearts.Analysis.Decoding.Confinement;

/// <summary>
/// A filter of system calls (seccomp) for all threads of this process, which cannot be removed: no sockets, no other programs or processes, no changes of
/// files. What is refused fails with EPERM. A list of what is refused, and not of what is allowed, because the .NET runtime's own calls differ by version.
/// </summary>
internal static class SystemCallFilter
{
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

        return LinuxCalls.TryForbidNewRights() && LinuxCalls.With(instructions, (code, length) => Apply(numbers.Seccomp, code, (int)length)) is 0;
    }

    private static nint Apply(int number, nint code, int length)
    {
        // struct sock_fprog: the number of instructions, then their address, aligned to 8 bytes.
        Span<byte> program = stackalloc byte[16];
        program.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(program, (ushort)(length / FilterProgram.InstructionBytes));
        BinaryPrimitives.WriteInt64LittleEndian(program[8..], code);

        return LinuxCalls.With(program, (address, _) => LinuxCalls.SystemCall(number, SetModeFilter, AllThreads, address, 0));
    }
}
