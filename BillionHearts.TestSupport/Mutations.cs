using System.Buffers.Binary;

namespace BillionHearts.TestSupport;

/// <summary>Damaged copies of files, in the ways that find faults in decoders. The same seed gives the same copy.</summary>
public static class Mutations
{
    private const int MaxRounds = 4;

    // What a length or a dimension is set to: the borders of 8, 16, 31 and 32 bits.
    private static readonly uint[] s_numbers = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF];

    /// <param name="files">Whole files; another than the first chosen one is the source of foreign parts.</param>
    public static byte[] Of(IReadOnlyList<byte[]> files, int seed)
    {
        var random = new Random(seed);
        var mutant = files[random.Next(files.Count)];

        for (var round = random.Next(MaxRounds); round >= 0; round--)
        {
            mutant = Once(mutant, files[random.Next(files.Count)], random);
        }

        return mutant;
    }

    private static byte[] Once(byte[] file, byte[] other, Random random)
    {
        if (file.Length < 16)
        {
            return other;
        }

        // The start of a file has its headers, which decoders trust most.
        var at = random.Next(2) is 0 ? random.Next(Math.Min(file.Length - 8, 600)) : random.Next(file.Length - 8);
        var length = 1 + random.Next(Math.Min(4096, file.Length - at));
        var from = random.Next(other.Length);

        return random.Next(8) switch
        {
            0 => Changed(file, copy => copy[at] ^= (byte)(1 << random.Next(8))),
            1 => Changed(file, copy => random.NextBytes(copy.AsSpan(at, Math.Min(length, 32)))),
            2 => Changed(file, copy => BinaryPrimitives.WriteUInt32BigEndian(copy.AsSpan(at), s_numbers[random.Next(s_numbers.Length)])),
            3 => Changed(file, copy => BinaryPrimitives.WriteUInt16LittleEndian(copy.AsSpan(at), (ushort)s_numbers[random.Next(s_numbers.Length)])),
            4 => file[..(at + 1)],
            5 => [.. file[..at], .. file[(at + length)..]],
            6 => [.. file[..(at + length)], .. file[at..]],
            _ => [.. file[..at], .. other.AsSpan(from, Math.Min(length, other.Length - from)), .. file[at..]],
        };
    }

    private static byte[] Changed(byte[] file, Action<byte[]> change)
    {
        var copy = (byte[])file.Clone();
        change(copy);
        return copy;
    }
}
