using System.Collections;
using System.Numerics;
using BillionHearts.Contracts;

namespace BillionHearts.Api.Pipeline.Recognition;

/// <summary>
/// A code of 256 bits for an embedding: on which side of 256 planes it lies (Charikar, "Similarity Estimation Techniques from Rounding Algorithms", STOC 2002).
/// The smaller the angle of two embeddings, the fewer bits differ. The first ten bits are the cell by which the index is read, and the cells to look into are
/// those whose planes are nearest (Lv et al., "Multi-Probe LSH", VLDB 2007).
/// </summary>
internal static class LookCode
{
    public const int Bits = 256;

    private const int CellBits = 10;

    /// <summary>Of 1,024 cells. docs/decisions/0022-what-is-in-a-picture.md has the table that it was chosen by.</summary>
    private const int ProbedCells = 128;

    // A plane adds the features that are 1 here and subtracts the other half. All features are positive, and much alike on average; so a picture is compared with the average one.
    private static readonly byte[][] s_planes = CreatePlanes();

    /// <param name="embedding">See <see cref="RecognitionResult.Embedding"/>.</param>
    public static BitArray Of(byte[] embedding) => new([.. Sides(embedding, Bits).Select(side => side > 0)]);

    public static short Cell(byte[] embedding) => Cell(Sides(embedding, CellBits));

    /// <summary>The cells in which look-alikes are, the likeliest first.</summary>
    public static short[] Cells(byte[] embedding)
    {
        var sides = Sides(embedding, CellBits);
        var own = Cell(sides);

        // By the planes on whose other side the cell lies: the squared distance to them. It is that without the lowest plane, and that plane's.
        var far = new long[1 << CellBits];

        for (var others = 1; others < far.Length; others++)
        {
            var side = sides[BitOperations.TrailingZeroCount(others)];
            far[others] = far[others & (others - 1)] + (side * side);
        }

        // The cell itself is in the lowest bits, so that the order is the same where two are equally far.
        long[] nearest = [.. far.Select((distance, others) => (distance << CellBits) + others)];
        Array.Sort(nearest);

        return [.. nearest.Take(ProbedCells).Select(one => (short)(own ^ (int)(one & ((1 << CellBits) - 1))))];
    }

    /// <summary>The cosine of two embeddings: 1 for the same, about 0.3 for pictures of different things.</summary>
    public static double Cosine(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        Product(one, other) / Math.Sqrt((double)Product(one, one) * Product(other, other));

    private static short Cell(long[] sides) => (short)sides.Index().Where(side => side.Item > 0).Sum(side => 1 << side.Index);

    private static long[] Sides(byte[] embedding, int planes)
    {
        var all = embedding.Sum(feature => (long)feature);
        return [.. s_planes.Take(planes).Select(plane => (2 * Product(plane, embedding)) - all)];
    }

    /// <summary>The scalar product. In 32 bits there is room for 66,000 features.</summary>
    private static long Product(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var (sums, i) = (Vector<uint>.Zero, 0);

        for (; i <= one.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(one[i..]), out var low, out var high);
            Vector.Widen(new Vector<byte>(other[i..]), out var otherLow, out var otherHigh);

            // The largest product, 255 × 255, fits into 16 bits.
            Vector.Widen(low * otherLow, out var first, out var second);
            Vector.Widen(high * otherHigh, out var third, out var fourth);
            sums += first + second + third + fourth;
        }

        var product = (long)Vector.Sum(sums);

        for (; i < one.Length; i++)
        {
            product += one[i] * other[i];
        }

        return product;
    }

    /// <summary>The same in every process and version: codes are stored. Shuffled (Fisher and Yates) by SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).</summary>
    private static byte[][] CreatePlanes()
    {
        var state = 1UL;
        var planes = new byte[Bits][];

        for (var plane = 0; plane < Bits; plane++)
        {
            var halves = new byte[ImageRecognition.Features];
            Array.Fill(halves, (byte)1, 0, halves.Length / 2);

            for (var i = halves.Length - 1; i > 0; i--)
            {
                var other = (int)(Next(ref state) % (ulong)(i + 1));
                (halves[i], halves[other]) = (halves[other], halves[i]);
            }

            planes[plane] = halves;
        }

        return planes;
    }

    private static ulong Next(ref ulong state)
    {
        state += 0x9E37_79B9_7F4A_7C15;
        var mixed = (state ^ (state >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }
}
