namespace BillionHearts.Formats;

/// <summary>
/// Walks through the blocks of a GIF (GIF89a specification): <c>signature(6) · screen(7) · colours? · (image | extension)* · 3B</c>.
/// An image is <c>2C · place and size(8) · flags(1) · colours? · code size(1) · sub-blocks</c>, an extension <c>21 · label(1) · sub-blocks</c>,
/// and sub-blocks are <c>(length(1) · that many bytes)* · 00</c>.
/// </summary>
public ref struct GifBlocks
{
    public const byte Image = 0x2C;
    public const byte Extension = 0x21;
    public const byte Trailer = 0x3B;

    private ReadOnlySpan<byte> _rest;

    /// <param name="file">The file or its beginning, see <see cref="GifHeader.Matches"/>.</param>
    public GifBlocks(ReadOnlySpan<byte> file)
    {
        var length = file.Length < GifHeader.Bytes ? file.Length : Math.Min(file.Length, GifHeader.Bytes + ColourBytes(file[10]));
        Header = file[..length];
        _rest = file[length..];
    }

    /// <summary>Signature, screen and the colours that all images share, as far as there are bytes.</summary>
    public ReadOnlySpan<byte> Header { get; }

    /// <summary><see cref="Image"/>, <see cref="Extension"/> or <see cref="Trailer"/>.</summary>
    public byte Kind { get; private set; }

    /// <summary>What comes before the sub-blocks. Its last byte is an image's code size, or an extension's label.</summary>
    public ReadOnlySpan<byte> Head { get; private set; }

    /// <summary>The sub-blocks, with the 00 at their end.</summary>
    public ReadOnlySpan<byte> SubBlocks { get; private set; }

    /// <summary>Whether all bytes of the block are present.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The walk ended where no block begins.</summary>
    public bool IsMalformed { get; private set; }

    /// <returns>False after <see cref="Trailer"/>, when there are no more bytes, and when the file <see cref="IsMalformed"/>.</returns>
    public bool MoveNext()
    {
        if (IsMalformed || Kind is Trailer || _rest.IsEmpty)
        {
            return false;
        }

        var head = HeadBytes(_rest);

        if (head is 0)
        {
            IsMalformed = true;
            return false;
        }

        Kind = _rest[0];
        var end = Kind is Trailer ? head : EndOfSubBlocks(_rest, head);
        IsWhole = end <= _rest.Length;
        Head = _rest[..Math.Min(head, _rest.Length)];
        SubBlocks = _rest[Head.Length..Math.Min(end, _rest.Length)];
        _rest = _rest[(Head.Length + SubBlocks.Length)..];
        return true;
    }

    private static int HeadBytes(ReadOnlySpan<byte> block) => block switch
    {
        [Image, _, _, _, _, _, _, _, _, var flags, ..] => 11 + ColourBytes(flags),
        [Image, ..] => 11,
        [Extension, ..] => 2,
        [Trailer, ..] => 1,
        _ => 0,
    };

    private static int EndOfSubBlocks(ReadOnlySpan<byte> bytes, int position)
    {
        while (position < bytes.Length && bytes[position] is not 0)
        {
            position += 1 + bytes[position];
        }

        return position + 1;
    }

    private static int ColourBytes(byte flags) => (flags & 0x80) is 0 ? 0 : 3 << ((flags & 7) + 1);
}
