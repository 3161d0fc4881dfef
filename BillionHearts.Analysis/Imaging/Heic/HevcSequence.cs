namespace BillionHearts.Analysis.Imaging.Heic;

/// <summary>
/// Reads from a sequence parameter set (SPS, ITU-T H.265, 7.3.2.2) how large a picture its decoder will make. The tables of the file say it too, but the
/// decoder does not ask them.
/// </summary>
internal ref struct HevcSequence
{
    private const int SequenceParameters = 33;
    private const int HeadBytes = 2;

    // The fields that are needed come first.
    private const int NeededBytes = 256;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _bit;

    private HevcSequence(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <param name="unit">A unit (NAL unit) with its head.</param>
    public static bool Is(ReadOnlySpan<byte> unit) => unit is [var head, ..] && ((head >> 1) & 63) is SequenceParameters;

    /// <returns>Width and height in pixels, before a margin is cut off; 0 where they cannot be read.</returns>
    // profile, 4 bits · sublayers - 1, 3 bits · 1 bit · profile and level(12) · … of the sublayers · number · kind of colour · width · height · …
    public static (long Width, long Height) SizeOf(ReadOnlySpan<byte> unit)
    {
        Span<byte> plain = stackalloc byte[NeededBytes];
        var reader = new HevcSequence(plain[..Unescape(unit[Math.Min(HeadBytes, unit.Length)..], plain)]);
        reader.Bits(4);
        var sublayers = (int)reader.Bits(3);
        reader.Bits(1);
        reader.Skip(96);
        reader.SkipSublayers(sublayers);
        reader.Number();
        if (reader.Number() is 3)
        {
            reader.Bits(1);
        }

        return (reader.Number(), reader.Number());
    }

    // Whether it has a profile, and a level, for each; padded to 8; then those.
    private void SkipSublayers(int count)
    {
        var bits = 0;
        for (var layer = 0; layer < count; layer++)
        {
            bits += (Bits(1) is 0 ? 0 : 88) + (Bits(1) is 0 ? 0 : 8);
        }

        Skip(bits + (count is 0 ? 0 : 2 * (8 - count)));
    }

    /// <summary>Exp-Golomb: as many zeros as bits follow the first one.</summary>
    private long Number()
    {
        var zeros = 0;
        while (zeros < 32 && _bit < 8 * _bytes.Length && Bits(1) is 0)
        {
            zeros++;
        }

        return zeros is 32 ? long.MaxValue : (1L << zeros) - 1 + Bits(zeros);
    }

    private long Bits(int count)
    {
        long bits = 0;
        for (; count > 0; count--, _bit++)
        {
            bits = bits << 1 | (_bit < 8 * _bytes.Length ? (long)(_bytes[_bit / 8] >> (7 - _bit % 8)) & 1 : 0);
        }

        return bits;
    }

    private void Skip(int bits) => _bit += bits;

    /// <summary>After two zeros a 3 is inserted, so that no start code appears in a unit.</summary>
    private static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> plain)
    {
        var (length, zeros) = (0, 0);
        foreach (var value in escaped)
        {
            if (zeros >= 2 && value is 3)
            {
                zeros = 0;
                continue;
            }

            if (length == plain.Length)
            {
                break;
            }

            plain[length++] = value;
            zeros = value is 0 ? zeros + 1 : 0;
        }

        return length;
    }
}
