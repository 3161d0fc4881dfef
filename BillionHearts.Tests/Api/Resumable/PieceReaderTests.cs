using BillionHearts.Api.Uploads.Resumable;

namespace BillionHearts.Tests.Api.Resumable;

public sealed class PieceReaderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 10)]
    [InlineData(10, 10)]
    [InlineData(11, 10)]
    [InlineData(35, 10)]
    public async Task A_body_is_returned_in_full_pieces_and_a_remainder(int length, int pieceBytes)
    {
        var body = Enumerable.Range(0, length).Select(n => (byte)n).ToArray();
        var (reader, pieces) = (new PieceReader(new MemoryStream(body), new byte[pieceBytes]), new List<byte[]>());

        while (!reader.HasEnded)
        {
            pieces.Add((await reader.ReadAsync(long.MaxValue, Cancel)).ToArray());
        }

        Assert.Equal(body, pieces.SelectMany(piece => piece));
        Assert.All(pieces.SkipLast(1), piece => Assert.Equal(pieceBytes, piece.Length));
        Assert.Null(reader.Failure);
    }

    [Fact]
    public async Task Bytes_before_an_interruption_are_returned_before_its_exception()
    {
        var reader = new PieceReader(new BreakingStream(new byte[25]), new byte[10]);

        Assert.Equal(10, (await reader.ReadAsync(100, Cancel)).Length);
        Assert.Equal(10, (await reader.ReadAsync(100, Cancel)).Length);
        Assert.Equal((5, true), ((await reader.ReadAsync(100, Cancel)).Length, reader.HasEnded));
        Assert.Equal("broken", reader.Failure?.Message);
    }

    [Fact]
    public async Task A_reader_returns_only_the_requested_bytes_and_detects_more()
    {
        var reader = new PieceReader(new MemoryStream(new byte[8]), new byte[10]);

        Assert.Equal(7, (await reader.ReadAsync(7, Cancel)).Length);
        Assert.True(await reader.HasMoreAsync(Cancel));
        Assert.False(await reader.HasMoreAsync(Cancel));
    }

    private sealed class BreakingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is var read and > 0 ? read : throw new IOException("broken");
    }
}
