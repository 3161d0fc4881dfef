using System.Buffers;
using System.Buffers.Binary;

namespace BillionHearts.Formats;

/// <summary>Walks through the chunks of a PNG (W3C): <c>signature(8) · (length(4) · type(4) · content · checksum(4))*</c>.</summary>
/// <param name="file">The file or its beginning, see <see cref="PngHeader.Matches"/>.</param>
public ref struct PngChunks(ReadOnlySpan<byte> file)
{
    /// <summary>Bytes of a chunk besides its content: length, type and checksum.</summary>
    public const int FramingBytes = 12;

    private const int HeadBytes = 8;

    private static readonly SearchValues<byte> s_letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private ReadOnlySpan<byte> _rest = file[Math.Min(PngHeader.Signature.Length, file.Length)..];

    /// <summary>All of the chunk, as far as there are bytes.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Its content as far as there are bytes.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>How long the content should be.</summary>
    public int Length { get; private set; }

    /// <summary>Whether all bytes of the chunk are present, its checksum included.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The walk ended at a chunk whose length or type is impossible.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Four letters.</summary>
    public readonly ReadOnlySpan<byte> Type => Bytes[4..HeadBytes];

    /// <summary>Whether the chunk is of this type.</summary>
    public readonly bool Is(ReadOnlySpan<byte> type) => Type.SequenceEqual(type);

    /// <returns>False when there are no more bytes, and when the file <see cref="IsMalformed"/>.</returns>
    public bool MoveNext()
    {
        if (IsMalformed || _rest.Length < HeadBytes)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(_rest);

        if (length > int.MaxValue || _rest[4..HeadBytes].ContainsAnyExcept(s_letters))
        {
            IsMalformed = true;
            return false;
        }

        Length = (int)length;
        IsWhole = Length <= _rest.Length - FramingBytes;
        Bytes = IsWhole ? _rest[..(FramingBytes + Length)] : _rest;
        Content = Bytes[HeadBytes..(int)Math.Min(HeadBytes + length, Bytes.Length)];
        _rest = _rest[Bytes.Length..];
        return true;
    }
}
