using System.Numerics;

namespace BillionHearts.Api.Pipeline.Duplicates;

/// <summary>
/// Multi-index hashing (Norouzi, Punjani, Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR 2012). A hash of 64 bits has four bands
/// of 16. If two hashes differ in at most d bits, then some band i, counted from 0, differs in at most (d − i) / 4, rounded down: otherwise the bands
/// together would differ in d + 1 or more. So only few values of each band have to be looked up.
/// </summary>
internal static class HashBands
{
    public const int Count = 4;

    /// <summary>Up to here a band differs in at most three bits, which 697 of its values do.</summary>
    public const int MaxDistance = 15;

    private const int Bits = 16;

    // By the number of bits: all values of 16 bits with at most so many.
    private static readonly long[][] s_differences = [.. Enumerable.Range(0, (MaxDistance / Count) + 1).Select(most =>
        Enumerable.Range(0, 1 << Bits).Where(value => BitOperations.PopCount((uint)value) <= most).Select(value => (long)value).ToArray())];

    /// <summary>The values that a band of a hash must have if the hash differs from this one in at most <paramref name="maxDistance"/> bits and no other band shows it.</summary>
    /// <param name="band">0 for the highest bits, 3 for the lowest.</param>
    /// <param name="maxDistance">0 to <see cref="MaxDistance"/>.</param>
    public static long[] Values(long hash, int band, int maxDistance)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)maxDistance, (uint)MaxDistance, nameof(maxDistance));
        var own = (hash >> Shift(band)) & ((1 << Bits) - 1);

        return maxDistance < band ? [] : [.. s_differences[(maxDistance - band) / Count].Select(difference => own ^ difference)];
    }

    /// <summary>The band's place in the hash: how far it is shifted, as in the indexes.</summary>
    public static int Shift(int band) => Bits * (Count - 1 - band);
}
