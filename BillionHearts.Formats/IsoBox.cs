using System.Buffers.Binary;
using System.Text;

namespace BillionHearts.Formats;

/// <summary>Where a box of an ISO media file lies, as <see cref="IsoBoxes"/> found it.</summary>
public readonly record struct IsoBox
{
    /// <summary>Four letters, as one big-endian number.</summary>
    public required uint Code { get; init; }

    /// <summary>Position of the box: its first byte is the first of its size.</summary>
    public required int Start { get; init; }

    /// <summary>Position of the content, after size and type.</summary>
    public required int Content { get; init; }

    /// <summary>Where the box ends, or the bytes if they end first.</summary>
    public required int End { get; init; }

    /// <summary>All bytes of the box are present. Never so when it <see cref="IsOpen"/>.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>The box gives no size: it extends to the end of the file.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>The code as text.</summary>
    public string Type
    {
        get
        {
            Span<byte> letters = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(letters, Code);
            return Encoding.Latin1.GetString(letters);
        }
    }

    /// <summary>How many bytes of content are present.</summary>
    public int Length => End - Content;

    /// <summary>Where the content lies.</summary>
    public Range Range => Content..End;

    /// <summary>Where the type is written.</summary>
    public Range TypeRange => (Start + 4)..(Start + 8);

    /// <summary>Whether the box is of this type.</summary>
    public bool Is(ReadOnlySpan<byte> type) => BinaryPrimitives.ReadUInt32BigEndian(type) == Code;
}
