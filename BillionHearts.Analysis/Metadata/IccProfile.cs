using System.Buffers.Binary;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Checks that a colour profile is one, and not other data in its place.</summary>
internal static class IccProfile
{
    private const int HeaderBytes = 128;
    private const int TagBytes = 12;

    /// <returns>The bytes of the profile, without what follows it; empty when it is not a profile.</returns>
    // length … "acsp" at 36 … to 128 · number of tags · (name · offset · length)*
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> content)
    {
        if (content.Length < HeaderBytes + 4 || !content[36..40].SequenceEqual("acsp"u8))
        {
            return default;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(content);
        var tags = BinaryPrimitives.ReadUInt32BigEndian(content[HeaderBytes..]);
        if (length < HeaderBytes + 4 || length > content.Length || tags > (length - HeaderBytes - 4) / TagBytes)
        {
            return default;
        }

        for (var tag = content.Slice(HeaderBytes + 4, (int)tags * TagBytes); !tag.IsEmpty; tag = tag[TagBytes..])
        {
            if ((ulong)BinaryPrimitives.ReadUInt32BigEndian(tag[4..]) + BinaryPrimitives.ReadUInt32BigEndian(tag[8..]) > length)
            {
                return default;
            }
        }

        return content[..(int)length];
    }
}
