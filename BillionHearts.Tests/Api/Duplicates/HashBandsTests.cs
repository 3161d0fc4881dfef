using System.Numerics;
using BillionHearts.Api.Pipeline.Duplicates;

namespace BillionHearts.Tests.Api.Duplicates;

public sealed class HashBandsTests
{
    [Fact]
    public void Each_hash_within_the_distance_has_a_looked_up_band_and_few_others_do()
    {
        var random = new Random(1);

        for (var maxDistance = 0; maxDistance <= HashBands.MaxDistance; maxDistance++)
        {
            var hash = random.NextInt64(long.MinValue, long.MaxValue);
            var bands = Enumerable.Range(0, HashBands.Count).Select(band => HashBands.Values(hash, band, maxDistance).ToHashSet()).ToList();
            var near = Enumerable.Range(0, 500).Select(_ => Differing(hash, random.Next(maxDistance + 1), random));
            var far = Enumerable.Range(0, 500).Select(_ => random.NextInt64(long.MinValue, long.MaxValue));

            Assert.All(near, other => Assert.True(IsFound(other), $"{other:x16} is not found within {maxDistance} bits of {hash:x16}."));
            // 697 of the 65,536 values of a band differ in at most three bits.
            Assert.InRange(far.Count(IsFound), 0, 60);

            bool IsFound(long other) => Enumerable.Range(0, HashBands.Count).Any(band => bands[band].Contains((other >> HashBands.Shift(band)) & 0xffff));
        }
    }

    [Theory]
    [InlineData(0, 1, 0, 0, 0)]
    [InlineData(3, 1, 1, 1, 1)]
    [InlineData(8, 137, 17, 17, 17)]
    [InlineData(15, 697, 697, 697, 697)]
    public void A_small_distance_needs_few_values(int maxDistance, params int[] counts) =>
        Assert.Equal(counts, Enumerable.Range(0, HashBands.Count).Select(band => HashBands.Values(-2, band, maxDistance).Length));

    [Theory]
    [InlineData(-1)]
    [InlineData(16)]
    public void A_distance_beyond_what_the_bands_can_show_is_refused(int maxDistance) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => HashBands.Values(0, 0, maxDistance));

    private static long Differing(long hash, int bits, Random random)
    {
        var other = hash;

        while (BitOperations.PopCount((ulong)(other ^ hash)) < bits)
        {
            other ^= 1L << random.Next(64);
        }

        return other;
    }
}
