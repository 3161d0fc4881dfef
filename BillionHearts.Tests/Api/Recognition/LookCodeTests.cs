using BillionHearts.Api.Pipeline.Recognition;
using BillionHearts.Contracts;

namespace BillionHearts.Tests.Api.Recognition;

public sealed class LookCodeTests
{
    // Computed once by a program in another language.
    private const string KnownCode = "b05913e896cc763c0cf29837d995a929ae1a2bd4e710b5ea985d6a8f8e61d2d9";

    [Fact]
    public void A_stored_code_stays_valid_because_the_planes_never_change()
    {
        byte[] embedding = [.. Enumerable.Range(0, ImageRecognition.Features).Select(i => (byte)(i * 37 % 256))];

        var code = LookCode.Of(embedding);
        var bytes = new byte[LookCode.Bits / 8];
        code.CopyTo(bytes, 0);

        Assert.Equal(KnownCode, Convert.ToHexStringLower(bytes));
        Assert.Equal(bytes[0] | ((bytes[1] & 3) << 8), LookCode.Cell(embedding));
    }

    [Fact]
    public void The_own_cell_is_looked_into_first_and_none_twice()
    {
        var embedding = Embedding(1);

        var cells = LookCode.Cells(embedding);

        Assert.Equal(LookCode.Cell(embedding), cells[0]);
        Assert.Equal(128, cells.Distinct().Count());
    }

    [Fact]
    public void Nearly_all_look_alikes_are_in_the_cells_that_are_looked_into()
    {
        // With a cosine of about 0.83: near the cut-off, where most are missed.
        var pairs = Enumerable.Range(1, 400).Select(seed => (One: Embedding(seed), Other: Mixed(Embedding(seed), Embedding(1000 + seed), share: 0.42))).ToList();

        Assert.InRange(pairs.Average(pair => LookCode.Cosine(pair.One, pair.Other)), 0.8, 0.9);
        Assert.InRange(pairs.Average(pair => LookCode.Cells(pair.One).Contains(LookCode.Cell(pair.Other)) ? 1.0 : 0), 0.85, 1);
    }

    [Fact]
    public void The_cosine_is_one_for_the_same_and_does_not_depend_on_the_scale()
    {
        var embedding = Embedding(1);

        Assert.Equal(1, LookCode.Cosine(embedding, embedding), precision: 9);
        Assert.InRange(LookCode.Cosine(embedding, [.. embedding.Select(feature => (byte)(feature / 2))]), 0.99, 1);
        Assert.Equal(0, LookCode.Cosine([1, 0, 0], [0, 200, 0]));
    }

    [Theory]
    [InlineData(512, 255)]
    [InlineData(131, 255)]
    [InlineData(131, 7)]
    public void The_cosine_is_exact_for_the_largest_features_and_for_any_length(int features, int largest)
    {
        byte[] one = [.. Enumerable.Range(0, features).Select(i => (byte)(largest - (i % 3)))];
        byte[] other = [.. Enumerable.Range(0, features).Select(i => (byte)(largest - (i % 5)))];

        var expected = one.Zip(other, (a, b) => (double)a * b).Sum() / Math.Sqrt(one.Sum(a => (double)a * a) * other.Sum(b => (double)b * b));

        Assert.Equal(expected, LookCode.Cosine(one, other), precision: 12);
    }

    /// <summary>Few large features and many small ones, as the model gives.</summary>
    internal static byte[] Embedding(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, ImageRecognition.Features).Select(_ => (byte)(255 * Math.Pow(random.NextDouble(), 4)))];
    }

    internal static byte[] Mixed(byte[] one, byte[] other, double share) =>
        [.. one.Zip(other, (a, b) => (byte)((a * (1 - share)) + (b * share)))];
}
