using System.Collections;
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

    // A plane adds one half of the features and subtracts the other. All features are positive, and much alike on average; so a picture is compared with the average one.
    private static readonly bool[][] s_planes = CreatePlanes();

    /// <param name="embedding">See <see cref="RecognitionResult.Embedding"/>.</param>
    public static BitArray Of(byte[] embedding) => new([.. s_planes.Select(plane => Side(plane, embedding) > 0)]);

    public static short Cell(byte[] embedding) => Cell(s_planes.Take(CellBits).Select(plane => Side(plane, embedding)));

    /// <summary>The cells in which look-alikes are, the likeliest first.</summary>
    public static short[] Cells(byte[] embedding)
    {
        int[] sides = [.. s_planes.Take(CellBits).Select(plane => Side(plane, embedding))];
        var own = Cell(sides);

        // The squared distance to the planes on whose other side the cell lies.
        return [.. Enumerable.Range(0, 1 << CellBits)
            .OrderBy(others => sides.Index().Where(side => (others >> side.Index & 1) is 1).Sum(side => (long)side.Item * side.Item))
            .Take(ProbedCells)
            .Select(others => (short)(own ^ others))];
    }

    /// <summary>The cosine of two embeddings: 1 for the same, about 0.3 for pictures of different things.</summary>
    public static double Cosine(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var (product, square, otherSquare) = (0L, 0L, 0L);

        for (var i = 0; i < one.Length; i++)
        {
            product += one[i] * other[i];
            square += one[i] * one[i];
            otherSquare += other[i] * other[i];
        }

        return product / Math.Sqrt((double)square * otherSquare);
    }

    private static short Cell(IEnumerable<int> sides) => (short)sides.Index().Where(side => side.Item > 0).Sum(side => 1 << side.Index);

    private static int Side(bool[] plane, byte[] embedding)
    {
        var sum = 0;

        for (var i = 0; i < plane.Length; i++)
        {
            sum += plane[i] ? embedding[i] : -embedding[i];
        }

        return sum;
    }

    /// <summary>The same in every process and version: codes are stored. Shuffled (Fisher and Yates) by SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).</summary>
    private static bool[][] CreatePlanes()
    {
        var state = 1UL;
        var planes = new bool[Bits][];

        for (var plane = 0; plane < Bits; plane++)
        {
            var halves = new bool[ImageRecognition.Features];
            Array.Fill(halves, true, 0, halves.Length / 2);

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
