using System.Buffers.Binary;

namespace BillionHearts.Analysis.Decoding.Confinement;

/// <summary>Writes the program that the kernel runs for each system call: classic BPF, see seccomp(2) and linux/filter.h.</summary>
internal sealed class FilterProgram
{
    /// <summary>Size of <c>struct sock_filter</c>: code (16 bits), two jumps (8 bits each), operand (32 bits).</summary>
    public const int InstructionBytes = 8;

    private const uint Allow = 0x7fff_0000;
    private const uint KillProcess = 0x8000_0000;
    private const uint Fail = 0x0005_0000;
    private const uint NotPermitted = Fail | 1;
    private const uint NotImplemented = Fail | 38;

    private const ushort Load = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfAtLeast = 0x35;
    private const ushort JumpIfAnyBit = 0x45;
    private const ushort Return = 0x06;

    // Offsets in struct seccomp_data. Of an argument of 64 bits the lower half comes first.
    private const uint Number = 0;
    private const uint Architecture = 4;

    private const uint SecondCallTable = 0x4000_0000; // x32, which has numbers of its own for the same calls.
    private const uint IsThread = 0x0001_0000;        // CLONE_THREAD
    private const uint ForWriting = 0x0000_0243;      // O_WRONLY, O_RDWR, O_CREAT, O_TRUNC

    private readonly List<byte> _code = [];

    private FilterProgram()
    {
    }

    public static byte[] Create(SystemCallNumbers numbers, int processId)
    {
        var program = new FilterProgram();
        program.Add(Load, Architecture);
        program.Add(JumpIfEqual, numbers.Architecture, ifTrue: 1, ifFalse: 0);
        program.Add(Return, KillProcess);
        program.Add(Load, Number);
        program.Add(JumpIfAtLeast, SecondCallTable, ifTrue: 0, ifFalse: 1);
        program.Add(Return, NotPermitted);

        foreach (var number in numbers.Refused)
        {
            program.On(number, NotPermitted);
        }

        // The C library then falls back to the older call, whose flags can be checked.
        foreach (var number in numbers.Unknown)
        {
            program.On(number, NotImplemented);
        }

        // Threads are allowed, processes are not.
        program.On(numbers.Clone, argument: 0, JumpIfAnyBit, IsThread, ifTrue: Allow, ifFalse: NotPermitted);
        program.On(numbers.OpenAt, argument: 2, JumpIfAnyBit, ForWriting, ifTrue: NotPermitted, ifFalse: Allow);
        program.On(numbers.SignalThread, argument: 0, JumpIfEqual, (uint)processId, ifTrue: Allow, ifFalse: NotPermitted);
        program.AllowReadingLimits(numbers.Limits);

        if (numbers.Open is { } open)
        {
            program.On(open, argument: 1, JumpIfAnyBit, ForWriting, ifTrue: NotPermitted, ifFalse: Allow);
        }

        program.Add(Return, Allow);
        return [.. program._code];
    }

    /// <summary>The runtime reads the limits for each new thread. A call that sets one has its address as the third argument, of two halves.</summary>
    private void AllowReadingLimits(uint number)
    {
        Add(JumpIfEqual, number, ifTrue: 0, ifFalse: 6);
        Add(Load, 16 + (8 * 2));
        Add(JumpIfEqual, 0, ifTrue: 0, ifFalse: 3);
        Add(Load, 16 + (8 * 2) + 4);
        Add(JumpIfEqual, 0, ifTrue: 0, ifFalse: 1);
        Add(Return, Allow);
        Add(Return, NotPermitted);
    }

    private void On(uint number, uint result)
    {
        Add(JumpIfEqual, number, ifTrue: 0, ifFalse: 1);
        Add(Return, result);
    }

    private void On(uint number, uint argument, ushort test, uint operand, uint ifTrue, uint ifFalse)
    {
        Add(JumpIfEqual, number, ifTrue: 0, ifFalse: 4);
        Add(Load, 16 + (8 * argument));
        Add(test, operand, ifTrue: 0, ifFalse: 1);
        Add(Return, ifTrue);
        Add(Return, ifFalse);
    }

    private void Add(ushort code, uint operand, byte ifTrue = 0, byte ifFalse = 0)
    {
        Span<byte> instruction = stackalloc byte[InstructionBytes];
        BinaryPrimitives.WriteUInt16LittleEndian(instruction, code);
        instruction[2] = ifTrue;
        instruction[3] = ifFalse;
        BinaryPrimitives.WriteUInt32LittleEndian(instruction[4..], operand);
        _code.AddRange(instruction);
    }
}
