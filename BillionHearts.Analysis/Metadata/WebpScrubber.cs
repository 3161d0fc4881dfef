using System.Buffers.Binary;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Keeps pixels, transparency, animation and colour profile. The flags in the header are set to what is left.</summary>
internal static class WebpScrubber
{
    private const int ExtendedBytes = 10;
    private const int FrameBytes = 16;

    // Flags of VP8X
    private const byte HasAnimation = 0x02;
    private const byte HasExif = 0x08;
    private const byte HasAlpha = 0x10;
    private const byte HasProfile = 0x20;

    public static byte[] Scrub(byte[] file)
    {
        RequireLength(file);
        using var copy = new MemoryStream(file.Length);
        copy.Write(file.AsSpan(0, WebpHeader.Bytes));

        var chunks = new RiffChunks(file.AsSpan(WebpHeader.Bytes, (int)WebpHeader.FileLength(file) - WebpHeader.Bytes));
        Require(chunks.MoveNext() && chunks.IsWhole);
        if (chunks.Is("VP8X"u8))
        {
            // Decoders ignore what the header does not announce.
            var hasExif = chunks.Content is [var flags, ..] && (flags & HasExif) is not 0;
            CopyExtended(chunks, hasExif ? Orientation.Of(file) : Orientation.FromXmpAlone(file), copy);
        }
        else
        {
            Require(IsImage(chunks));
            Write(copy, chunks.Type, chunks.Content);
        }

        var bytes = copy.ToArray();
        WebpHeader.WriteFileLength(bytes);
        return bytes;
    }

    private static void RequireLength(ReadOnlySpan<byte> file)
    {
        Require(WebpHeader.Matches(file));
        if (WebpHeader.FileLength(file) > file.Length)
        {
            throw Damage.Truncated(file.Length);
        }

        Require(WebpHeader.FileLength(file) >= WebpHeader.Bytes);
    }

    // flags · 24 bits of nothing · width and height less one, 24 bits each
    private static void CopyExtended(RiffChunks chunks, int orientation, MemoryStream copy)
    {
        var header = chunks.Content;
        Require(header.Length is ExtendedBytes);

        var isTurned = orientation is not Orientation.Upright;
        var profile = (header[0] & HasProfile) is 0 ? default : Profile(chunks);
        var flags = (header[0] & (HasAnimation | HasAlpha)) | (isTurned ? HasExif : 0) | (profile.IsEmpty ? 0 : HasProfile);

        Write(copy, "VP8X"u8, [(byte)flags, 0, 0, 0, .. header[4..]]);
        if (!profile.IsEmpty)
        {
            Write(copy, "ICCP"u8, profile);
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
            Write(copy, "EXIF"u8, Orientation.Block(orientation));
        }
    }

    private static ReadOnlySpan<byte> Profile(RiffChunks chunks)
    {
        while (Next(ref chunks))
        {
            if (chunks.Is("ICCP"u8))
            {
                return IccProfile.Of(chunks.Content);
            }
        }

        return default;
    }

    /// <summary>One image, preceded by its transparency if it has any.</summary>
    private static void CopyImage(RiffChunks chunks, MemoryStream copy)
    {
        var hasImage = false;
        var hasAlpha = false;

        // All chunks are read, so that damage after the image is noticed.
        while (Next(ref chunks))
        {
            if (!hasImage && (IsImage(chunks) || (chunks.Is("ALPH"u8) && !hasAlpha)))
            {
                Write(copy, chunks.Type, chunks.Content);
                hasAlpha = true;
                hasImage = IsImage(chunks);
            }
        }

        Require(hasImage);
    }

    private static void CopyAnimation(RiffChunks chunks, MemoryStream copy)
    {
        var frames = 0;
        var hasTiming = false;
        while (Next(ref chunks))
        {
            if (chunks.Is("ANIM"u8) && chunks.Content.Length is 6 && !hasTiming)
            {
                Write(copy, chunks.Type, chunks.Content);
                hasTiming = true;
            }
            else if (chunks.Is("ANMF"u8) && hasTiming && chunks.Content.Length > FrameBytes)
            {
                CopyFrame(chunks.Content, copy);
                frames++;
            }
        }

        Require(frames > 0);
    }

    // place, size and duration, 24 bits each · flags, of which two have a meaning · chunks
    private static void CopyFrame(ReadOnlySpan<byte> content, MemoryStream copy)
    {
        using var frame = new MemoryStream(content.Length);
        frame.Write(content[..(FrameBytes - 1)]);
        frame.WriteByte((byte)(content[FrameBytes - 1] & 3));
        CopyImage(new RiffChunks(content[FrameBytes..]), frame);
        Write(copy, "ANMF"u8, frame.GetBuffer().AsSpan(0, (int)frame.Length));
    }

    private static bool IsImage(in RiffChunks chunk) => chunk.Is("VP8 "u8) || chunk.Is("VP8L"u8);

    /// <returns>False at the end. Throws when a chunk is incomplete.</returns>
    private static bool Next(ref RiffChunks chunks)
    {
        if (chunks.IsAtEnd)
        {
            return false;
        }

        Require(chunks.MoveNext() && chunks.IsWhole);
        return true;
    }

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw Damage.Corrupt(FormatName.Webp);
        }
    }

    private static void Write(MemoryStream copy, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
        copy.Write(type);
        copy.Write(length);
        copy.Write(content);
        if ((content.Length & 1) is not 0)
        {
            copy.WriteByte(0);
        }
    }
}
