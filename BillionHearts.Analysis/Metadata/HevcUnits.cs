using System.Buffers.Binary;
using BillionHearts.Analysis.Imaging;

namespace BillionHearts.Analysis.Metadata;

/// <summary>
/// Reads the HEVC units (NAL units, ITU-T H.265, 7.3.1) of an image to its last byte. This detects text that a wrong length made part of the
/// pixels. Units that hold metadata, such as the name and settings of the encoder, are emptied: their content becomes filler, which decoders skip.
/// </summary>
internal static class HevcUnits
{
    private const int LastPixels = 31;
    private const int LastParameters = 34;
    private const int LastDelimiter = 37;
    private const int Filler = 38;
    private const int SuffixMessages = 40;
    private const int PrefixMessages = 39;

    private const int LengthBytes = 4;
    private const int MaxUnits = 100_000;
    private const int HeadBytes = 2;
    private const int ConfigurationHead = 23;

    // The message (SEI) whose content is filler, and the end of every unit.
    private const byte FillerMessage = 3;
    private const byte End = 0x80;

    /// <summary>Empties the units with metadata, in place.</summary>
    /// <exception cref="UnusableImageException">The item does not consist of units to its end.</exception>
    // (length(4) · unit)*
    public static void Scrub(Span<byte> picture)
    {
        while (!picture.IsEmpty)
        {
            var length = picture.Length < LengthBytes ? 0 : BinaryPrimitives.ReadUInt32BigEndian(picture);
            if (length < HeadBytes || length > picture.Length - LengthBytes)
            {
                throw Damage.CorruptHeif();
            }

            ScrubUnit(picture.Slice(LengthBytes, (int)length));
            picture = picture[(LengthBytes + (int)length)..];
        }
    }

    /// <summary>The content of an <c>hvcC</c> property can be read to its end, and the units of its pictures have a length of four bytes, as all writers choose.</summary>
    public static bool IsConfiguration(ReadOnlySpan<byte> property) =>
        property.Length >= ConfigurationHead && property[0] is 1 && (property[21] & 3) is 3 && Units(property) is not null;

    /// <summary>Empties the units with metadata in the content of an <c>hvcC</c> property, in place.</summary>
    public static void ScrubConfiguration(Span<byte> property)
    {
        foreach (var unit in Units(property) ?? [])
        {
            ScrubUnit(property[unit]);
        }
    }

    /// <summary>Where the units of an item lie in its bytes, as far as they can be followed.</summary>
    public static List<Range> Within(ReadOnlySpan<byte> picture)
    {
        var units = new List<Range>();
        for (var place = 0; place + LengthBytes <= picture.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(picture[place..]);
            place += LengthBytes;
            if (length < HeadBytes || length > picture.Length - place || units.Count == MaxUnits)
            {
                break;
            }

            units.Add(place..(place + (int)length));
            place += (int)length;
        }

        return units;
    }

    /// <summary>Where the units in the content of an <c>hvcC</c> property lie; null when it cannot be read to its end.</summary>
    // version and profile(22) · number of lists · (type · number of units(2) · (length(2) · unit)*)*
    public static List<Range>? Units(ReadOnlySpan<byte> property)
    {
        var units = new List<Range>();
        var place = ConfigurationHead;
        for (var lists = property[ConfigurationHead - 1]; lists > 0; lists--)
        {
            if (place + 3 > property.Length)
            {
                return null;
            }

            var left = BinaryPrimitives.ReadUInt16BigEndian(property[(place + 1)..]);
            for (place += 3; left > 0; left--)
            {
                var length = place + 2 > property.Length ? 0 : BinaryPrimitives.ReadUInt16BigEndian(property[place..]);
                if (length < HeadBytes || length > property.Length - place - 2)
                {
                    return null;
                }

                units.Add((place + 2)..(place + 2 + length));
                place += 2 + length;
            }
        }

        return place == property.Length ? units : null;
    }

    // 0 · type, 6 bits · layer, 6 bits · temporal layer, 3 bits · content
    private static void ScrubUnit(Span<byte> unit)
    {
        var type = (unit[0] >> 1) & 63;
        var content = unit[HeadBytes..];
        if (type <= LastParameters)
        {
            // Types that are not defined yet cannot be pixels that a decoder knows.
            if (type is (> 9 and < 16) or (> 21 and <= LastPixels))
            {
                MakeFiller(unit);
            }
        }
        else if (type is PrefixMessages or SuffixMessages && content.Length > 2)
        {
            if (!IsLight(content))
            {
                FillMessages(content);
            }
        }
        else if (type > LastDelimiter || content.Length > 1)
        {
            MakeFiller(unit);
        }
    }

    /// <summary>Light levels and mastering display, which change how the image is shown.</summary>
    private static bool IsLight(ReadOnlySpan<byte> content) => content is [144, 4, _, _, _, _, End] or [137, 24, .. { Length: 24 }, End];

    private static void MakeFiller(Span<byte> unit)
    {
        unit[0] = (byte)((unit[0] & 0x81) | (Filler << 1));
        Fill(unit[HeadBytes..]);
    }

    private static void Fill(Span<byte> content)
    {
        content.Fill(0xFF);
        content[Math.Max(0, content.Length - 1)..].Fill(End);
    }

    /// <summary>Messages of the same length that mean nothing: <c>type · length, as many FF as it has 255s and the rest · content</c>.</summary>
    private static void FillMessages(Span<byte> content)
    {
        Fill(content);
        for (var rest = content[..^1]; rest.Length >= 2;)
        {
            var (length, lengthBytes) = LongestMessage(rest.Length);
            rest[0] = FillerMessage;
            rest[lengthBytes] = (byte)(length % 255);
            rest = rest[(1 + lengthBytes + length)..];
        }

        static (int Length, int LengthBytes) LongestMessage(int available)
        {
            var lengthBytes = 1 + Math.Max(0, (available - 2) / 256);
            var length = Math.Min(available - 1 - lengthBytes, 255 * lengthBytes - 1);

            // A single byte would be no message.
            return (available - 1 - lengthBytes - length is 1 ? length - 1 : length, lengthBytes);
        }
    }
}
