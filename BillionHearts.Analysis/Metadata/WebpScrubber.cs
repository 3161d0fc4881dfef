using System.Buffers.Binary;
using BillionHearts.Analysis.Imaging;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Keeps the pixels, their transparency, the animation and the colour profile; the header says what is left.</summary>
internal static class WebpScrubber
{
    private const int RiffBytes = 12;
    private const int HeadBytes = 8; // type and length of a chunk
    private const int ExtendedBytes = 10;
    private const int FrameBytes = 16;

    // Flags of VP8X
    private const byte HasAnimation = 0x02;
    private const byte HasExif = 0x08;
    private const byte HasAlpha = 0x10;
    private const byte HasProfile = 0x20;

    public static byte[] Scrub(byte[] file)
    {
        var content = Riff(file);
        using var copy = new MemoryStream(file.Length);
        copy.Write(file.AsSpan(0, RiffBytes));

        var first = Chunk.Read(ref content);
        if (first.Is("VP8X"u8))
        {
            CopyExtended(first.Content, content, Orientation.Of(file), copy);
        }
        else if (first.IsImage)
        {
            first.Write(copy);
        }
        else
        {
            throw Damage.Corrupt(ImageFormats.Webp);
        }

        var bytes = copy.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - HeadBytes);
        return bytes;
    }

    // RIFF · length of what follows · WEBP · chunks
    private static ReadOnlySpan<byte> Riff(ReadOnlySpan<byte> file)
    {
        if (file.Length < RiffBytes || !file.StartsWith("RIFF"u8) || !file[8..].StartsWith("WEBP"u8))
        {
            throw Damage.Corrupt(ImageFormats.Webp);
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(file[4..]);
        if (length > file.Length - HeadBytes)
        {
            throw Damage.Truncated(file.Length);
        }

        return length >= 4 ? file[RiffBytes..(HeadBytes + (int)length)] : throw Damage.Corrupt(ImageFormats.Webp);
    }

    // flags · 24 bits of nothing · width and height less one, 24 bits each
    private static void CopyExtended(ReadOnlySpan<byte> header, ReadOnlySpan<byte> chunks, int orientation, MemoryStream copy)
    {
        if (header.Length != ExtendedBytes)
        {
            throw Damage.Corrupt(ImageFormats.Webp);
        }

        // Decoders do not look for what the header does not announce.
        var isTurned = (header[0] & HasExif) is not 0 && orientation is not Orientation.Upright;
        var profile = (header[0] & HasProfile) is 0 ? default : Profile(chunks);
        var flags = (header[0] & (HasAnimation | HasAlpha)) | (isTurned ? HasExif : 0) | (profile.IsEmpty ? 0 : HasProfile);

        new Chunk("VP8X"u8, [(byte)flags, 0, 0, 0, .. header[4..]]).Write(copy);
        if (!profile.IsEmpty)
        {
            new Chunk("ICCP"u8, profile).Write(copy);
        }

        if ((flags & HasAnimation) is 0)
        {
            CopyImage(chunks, copy);
        }
        else
        {
            CopyAnimation(chunks, copy);
        }

        if (isTurned)
        {
            new Chunk("EXIF"u8, Orientation.Block(orientation)).Write(copy);
        }
    }

    private static ReadOnlySpan<byte> Profile(ReadOnlySpan<byte> chunks)
    {
        while (!chunks.IsEmpty)
        {
            var chunk = Chunk.Read(ref chunks);
            if (chunk.Is("ICCP"u8))
            {
                return IccProfile.Of(chunk.Content);
            }
        }

        return default;
    }

    /// <summary>One image, with its transparency before it where it has one.</summary>
    private static void CopyImage(ReadOnlySpan<byte> chunks, MemoryStream copy)
    {
        var hasImage = false;
        var hasAlpha = false;
        while (!chunks.IsEmpty)
        {
            // All of them are followed, so that a file that is damaged behind its picture is not called whole.
            var chunk = Chunk.Read(ref chunks);
            if (!hasImage && (chunk.IsImage || (chunk.Is("ALPH"u8) && !hasAlpha)))
            {
                chunk.Write(copy);
                hasAlpha = true;
                hasImage = chunk.IsImage;
            }
        }

        if (!hasImage)
        {
            throw Damage.Corrupt(ImageFormats.Webp);
        }
    }

    private static void CopyAnimation(ReadOnlySpan<byte> chunks, MemoryStream copy)
    {
        var frames = 0;
        var hasTiming = false;
        while (!chunks.IsEmpty)
        {
            var chunk = Chunk.Read(ref chunks);
            if (chunk.Is("ANIM"u8) && chunk.Content.Length is 6 && !hasTiming)
            {
                chunk.Write(copy);
                hasTiming = true;
            }
            else if (chunk.Is("ANMF"u8) && hasTiming && chunk.Content.Length > FrameBytes)
            {
                CopyFrame(chunk.Content, copy);
                frames++;
            }
        }

        if (frames is 0)
        {
            throw Damage.Corrupt(ImageFormats.Webp);
        }
    }

    // place, size and duration, 24 bits each · flags, of which two have a meaning · chunks
    private static void CopyFrame(ReadOnlySpan<byte> content, MemoryStream copy)
    {
        using var frame = new MemoryStream(content.Length);
        frame.Write(content[..(FrameBytes - 1)]);
        frame.WriteByte((byte)(content[FrameBytes - 1] & 3));
        CopyImage(content[FrameBytes..], frame);
        new Chunk("ANMF"u8, frame.GetBuffer().AsSpan(0, (int)frame.Length)).Write(copy);
    }

    private readonly ref struct Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        private readonly ReadOnlySpan<byte> _type = type;

        public ReadOnlySpan<byte> Content { get; } = content;

        public bool IsImage => Is("VP8 "u8) || Is("VP8L"u8);

        public bool Is(ReadOnlySpan<byte> type) => _type.SequenceEqual(type);

        // type · length · content, padded to an even length
        public static Chunk Read(scoped ref ReadOnlySpan<byte> chunks)
        {
            if (chunks.Length < HeadBytes || BinaryPrimitives.ReadUInt32LittleEndian(chunks[4..]) > chunks.Length - HeadBytes)
            {
                throw Damage.Corrupt(ImageFormats.Webp);
            }

            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(chunks[4..]);
            var chunk = new Chunk(chunks[..4], chunks.Slice(HeadBytes, length));
            chunks = chunks[Math.Min(chunks.Length, HeadBytes + length + (length & 1))..];
            return chunk;
        }

        public void Write(MemoryStream copy)
        {
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(length, Content.Length);
            copy.Write(_type);
            copy.Write(length);
            copy.Write(Content);
            if ((Content.Length & 1) is not 0)
            {
                copy.WriteByte(0);
            }
        }
    }
}
