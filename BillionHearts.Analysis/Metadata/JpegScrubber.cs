using System.Buffers.Binary;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>
/// Keeps the first image: its tables, frame and scans, and from the application segments JFIF, the colour profile and Adobe's
/// colour transform. Everything else is removed, including further images after the first, such as gain maps and previews.
/// </summary>
internal static class JpegScrubber
{
    private const int MaxContent = ushort.MaxValue - 2;
    private const int JfifBytes = 12; // without the size of the thumbnail
    private const int AdobeBytes = 12;

    private static ReadOnlySpan<byte> Jfif => "JFIF\0"u8;

    private static ReadOnlySpan<byte> Icc => "ICC_PROFILE\0"u8;

    private static ReadOnlySpan<byte> Adobe => "Adobe"u8;

    public static byte[] Scrub(byte[] file)
    {
        if (!JpegHeader.Matches(file))
        {
            throw Damage.Corrupt(FormatName.Jpeg);
        }

        using var copy = new MemoryStream(file.Length);
        copy.Write([0xFF, JpegMarker.StartOfImage]);
        WriteHead(file, copy);
        WriteImage(file, copy);
        copy.Write([0xFF, JpegMarker.EndOfImage]);
        return copy.ToArray();
    }

    /// <summary>What comes before the first scan and affects how the image is shown, in the order that the standards require.</summary>
    private static void WriteHead(ReadOnlySpan<byte> file, MemoryStream copy)
    {
        ReadOnlySpan<byte> jfif = default;
        ReadOnlySpan<byte> adobe = default;
        var profile = new ProfileParts();

        var segments = new JpegSegments(file);
        for (Next(ref segments, file.Length); segments.Marker is not (JpegMarker.StartOfScan or JpegMarker.EndOfImage); Next(ref segments, file.Length))
        {
            var content = segments.Content;
            if (segments.Marker is JpegMarker.App0 && jfif.IsEmpty && content.StartsWith(Jfif) && content.Length >= JfifBytes + 2)
            {
                jfif = content[..JfifBytes];
            }
            else if (segments.Marker is JpegMarker.App2 && content.StartsWith(Icc))
            {
                profile.Add(content[Icc.Length..]);
            }
            else if (segments.Marker is JpegMarker.App14 && content.StartsWith(Adobe) && content.Length >= AdobeBytes)
            {
                adobe = content[..AdobeBytes];
            }
        }

        if (!jfif.IsEmpty)
        {
            WriteSegment(copy, JpegMarker.App0, jfif, [0, 0]);
        }

        if (Orientation.Of(file) is not Orientation.Upright and var orientation)
        {
            WriteSegment(copy, JpegMarker.App1, ExifBlock.Preamble, Orientation.Block(orientation));
        }

        WriteProfile(copy, IccProfile.Of(profile.Joined()));
        if (!adobe.IsEmpty)
        {
            WriteSegment(copy, JpegMarker.App14, adobe, default);
        }
    }

    private static void WriteProfile(MemoryStream copy, ReadOnlySpan<byte> profile)
    {
        var most = MaxContent - Icc.Length - 2;
        var count = (profile.Length + most - 1) / most;
        for (var part = 1; part <= count; part++)
        {
            var length = Math.Min(most, profile.Length);
            WriteSegment(copy, JpegMarker.App2, [.. Icc, (byte)part, (byte)count], profile[..length]);
            profile = profile[length..];
        }
    }

    private static void WriteImage(ReadOnlySpan<byte> file, MemoryStream copy)
    {
        var frames = 0;
        var scans = 0;
        var segments = new JpegSegments(file);
        for (Next(ref segments, file.Length); segments.Marker is not JpegMarker.EndOfImage; Next(ref segments, file.Length))
        {
            if (segments.Marker is (>= JpegMarker.App0 and <= JpegMarker.App15) or JpegMarker.Comment)
            {
                continue;
            }

            if (!IsWellFormed(segments.Marker, segments.Content))
            {
                throw Damage.Corrupt(FormatName.Jpeg);
            }

            WriteSegment(copy, segments.Marker, segments.Content, default);
            frames += JpegMarker.IsFrame(segments.Marker) ? 1 : 0;
            if (segments.Marker is JpegMarker.StartOfScan)
            {
                copy.Write(segments.ReadScan());
                scans++;
            }
        }

        if (frames is not 1 || scans is 0)
        {
            throw Damage.Corrupt(FormatName.Jpeg);
        }
    }

    private static void Next(ref JpegSegments segments, int fileLength)
    {
        if (!segments.MoveNext())
        {
            throw segments.IsMalformed ? Damage.Corrupt(FormatName.Jpeg) : Damage.Truncated(fileLength);
        }

        if (!segments.IsWhole)
        {
            throw Damage.Truncated(fileLength);
        }

        if (segments.Marker is JpegMarker.StartOfImage)
        {
            throw Damage.Corrupt(FormatName.Jpeg);
        }
    }

    /// <summary>Segments that a decoder reads, and without bytes that it would ignore.</summary>
    private static bool IsWellFormed(byte marker, ReadOnlySpan<byte> content) => marker switch
    {
        JpegMarker.DefineHuffmanTables => IsHuffman(content),
        JpegMarker.DefineArithmeticConditioning => IsConditioning(content),
        JpegMarker.DefineQuantizationTables => IsQuantization(content),
        JpegMarker.DefineNumberOfLines or JpegMarker.DefineRestartInterval => content.Length is 2,
        JpegMarker.StartOfScan => content.Length >= 4 && content.Length == 4 + 2 * content[0],
        _ => JpegMarker.IsFrame(marker) && content.Length >= 6 && content.Length == 6 + 3 * content[5],
    };

    // (class and place · how many codes of 1 to 16 bits · a byte for each)*
    private static bool IsHuffman(ReadOnlySpan<byte> content)
    {
        while (content.Length >= 17)
        {
            var codes = 0;
            foreach (var count in content[1..17])
            {
                codes += count;
            }

            if ((content[0] & ~0x13) is not 0 || codes > 256 || 17 + codes > content.Length)
            {
                return false;
            }

            content = content[(17 + codes)..];
        }

        return content.IsEmpty;
    }

    // (class and place · value)*, for arithmetic coding
    private static bool IsConditioning(ReadOnlySpan<byte> content)
    {
        for (; content.Length >= 2; content = content[2..])
        {
            if (content[0] >= 0x20)
            {
                return false;
            }
        }

        return content.IsEmpty;
    }

    // (precision and place · 64 numbers of 8 or 16 bits)*
    private static bool IsQuantization(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            var length = content[0] < 0x10 ? 65 : 129;
            if ((content[0] & ~0x13) is not 0 || length > content.Length)
            {
                return false;
            }

            content = content[length..];
        }

        return true;
    }

    private static void WriteSegment(MemoryStream copy, byte marker, ReadOnlySpan<byte> content, ReadOnlySpan<byte> more)
    {
        Span<byte> head = [0xFF, marker, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)(2 + content.Length + more.Length));
        copy.Write(head);
        copy.Write(content);
        copy.Write(more);
    }

    /// <summary>A profile is split into parts. Each has its number and the number of parts.</summary>
    private sealed class ProfileParts
    {
        private readonly byte[]?[] _parts = new byte[]?[256];
        private int _count;
        private bool _isBroken;

        public void Add(ReadOnlySpan<byte> part)
        {
            _isBroken |= part.Length < 2 || part[0] is 0 || part[0] > part[1] || (_count is not 0 && _count != part[1]) || _parts[part[0]] is not null;
            if (!_isBroken)
            {
                _count = part[1];
                _parts[part[0]] = part[2..].ToArray();
            }
        }

        public byte[] Joined()
        {
            var parts = _parts.AsSpan(1, _count);
            return _isBroken || parts.Contains(null) ? [] : [.. parts.ToArray().SelectMany(static part => part!)];
        }
    }
}
