using System.Buffers.Binary;
using BillionHearts.Analysis.Imaging;

namespace BillionHearts.Analysis.Metadata;

/// <summary>
/// Keeps the first image: its tables, frame and scans, and of the application segments JFIF, the colour profile and Adobe's
/// colour transform. A second image behind the first, as gain maps and previews are, goes with everything else.
/// </summary>
internal static class JpegScrubber
{
    private const byte App0 = 0xE0;
    private const byte App1 = 0xE1;
    private const byte App2 = 0xE2;
    private const byte App14 = 0xEE;
    private const byte App15 = 0xEF;
    private const byte Comment = 0xFE;

    private const int MaxContent = ushort.MaxValue - 2;
    private const int JfifBytes = 12; // without the size of the thumbnail
    private const int AdobeBytes = 12;

    private static ReadOnlySpan<byte> Jfif => "JFIF\0"u8;

    private static ReadOnlySpan<byte> Icc => "ICC_PROFILE\0"u8;

    private static ReadOnlySpan<byte> Adobe => "Adobe"u8;

    public static byte[] Scrub(byte[] file)
    {
        using var copy = new MemoryStream(file.Length);
        copy.Write([0xFF, 0xD8]);
        WriteHead(file, copy);
        WriteImage(file, copy);
        copy.Write([0xFF, JpegReader.EndOfImage]);
        return copy.ToArray();
    }

    /// <summary>What stands before the first scan and is of use to whoever shows the picture, in the order of the standards.</summary>
    private static void WriteHead(ReadOnlySpan<byte> file, MemoryStream copy)
    {
        ReadOnlySpan<byte> jfif = default;
        ReadOnlySpan<byte> adobe = default;
        var profile = new ProfileParts();

        var reader = new JpegReader(file);
        for (reader.Next(); reader.Marker is not (JpegReader.StartOfScan or JpegReader.EndOfImage); reader.Next())
        {
            var content = reader.Content;
            if (reader.Marker is App0 && jfif.IsEmpty && content.StartsWith(Jfif) && content.Length >= JfifBytes + 2)
            {
                jfif = content[..JfifBytes];
            }
            else if (reader.Marker is App2 && content.StartsWith(Icc))
            {
                profile.Add(content[Icc.Length..]);
            }
            else if (reader.Marker is App14 && content.StartsWith(Adobe) && content.Length >= AdobeBytes)
            {
                adobe = content[..AdobeBytes];
            }
        }

        if (!jfif.IsEmpty)
        {
            WriteSegment(copy, App0, jfif, [0, 0]);
        }

        if (Orientation.Of(file) is not Orientation.Upright and var orientation)
        {
            WriteSegment(copy, App1, ExifBlock.Preamble, Orientation.Block(orientation));
        }

        WriteProfile(copy, IccProfile.Of(profile.Joined()));
        if (!adobe.IsEmpty)
        {
            WriteSegment(copy, App14, adobe, default);
        }
    }

    private static void WriteProfile(MemoryStream copy, ReadOnlySpan<byte> profile)
    {
        var most = MaxContent - Icc.Length - 2;
        var count = (profile.Length + most - 1) / most;
        for (var part = 1; part <= count; part++)
        {
            var length = Math.Min(most, profile.Length);
            WriteSegment(copy, App2, [.. Icc, (byte)part, (byte)count], profile[..length]);
            profile = profile[length..];
        }
    }

    private static void WriteImage(ReadOnlySpan<byte> file, MemoryStream copy)
    {
        var frames = 0;
        var scans = 0;
        var reader = new JpegReader(file);
        for (reader.Next(); reader.Marker is not JpegReader.EndOfImage; reader.Next())
        {
            if (reader.Marker is (>= App0 and <= App15) or Comment)
            {
                continue;
            }

            if (!IsWellFormed(reader.Marker, reader.Content))
            {
                throw Damage.Corrupt(ImageFormats.Jpeg);
            }

            frames += IsFrame(reader.Marker) ? 1 : 0;
            scans += reader.Marker is JpegReader.StartOfScan ? 1 : 0;
            WriteSegment(copy, reader.Marker, reader.Content, default);
            copy.Write(reader.Scan);
        }

        if (frames is not 1 || scans is 0)
        {
            throw Damage.Corrupt(ImageFormats.Jpeg);
        }
    }

    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    /// <summary>The segments that a decoder reads, with nothing in them that it would not read.</summary>
    private static bool IsWellFormed(byte marker, ReadOnlySpan<byte> content) => marker switch
    {
        0xC4 => IsHuffman(content),
        0xCC => IsConditioning(content),
        0xDB => IsQuantization(content),
        0xDC or 0xDD => content.Length is 2, // number of lines, restart interval
        JpegReader.StartOfScan => content.Length >= 4 && content.Length == 4 + 2 * content[0],
        _ => IsFrame(marker) && content.Length >= 6 && content.Length == 6 + 3 * content[5],
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

    /// <summary>A profile comes in parts, each with its number and how many there are.</summary>
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
