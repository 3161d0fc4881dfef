using System.Buffers.Binary;
using BillionHearts.Analysis.Imaging;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Goes through a JPEG, segment by segment, to the end of its first image.</summary>
internal ref struct JpegReader
{
    public const byte StartOfScan = 0xDA;
    public const byte EndOfImage = 0xD9;

    private const byte StartOfImage = 0xD8;

    private readonly ReadOnlySpan<byte> _file;
    private int _position;

    /// <exception cref="UnusableImageException">It is no JPEG.</exception>
    public JpegReader(ReadOnlySpan<byte> file)
    {
        if (file is not [0xFF, StartOfImage, ..])
        {
            throw Damage.Corrupt(ImageFormats.Jpeg);
        }

        _file = file;
        _position = 2;
    }

    public byte Marker { get; private set; }

    /// <summary>What is in the segment, after its length.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>The coded pixels that follow <see cref="StartOfScan"/>.</summary>
    public ReadOnlySpan<byte> Scan { get; private set; }

    /// <summary>Goes to the next segment. The last one is <see cref="EndOfImage"/>.</summary>
    /// <exception cref="UnusableImageException">The file is damaged, or it ends first.</exception>
    public void Next()
    {
        Marker = NextMarker();
        Content = default;
        Scan = default;

        if (Marker is EndOfImage)
        {
            return;
        }

        if (Marker is StartOfImage)
        {
            throw Damage.Corrupt(ImageFormats.Jpeg);
        }

        if (_position + 2 > _file.Length)
        {
            throw Damage.Truncated(_file.Length);
        }

        // The length counts itself.
        var length = BinaryPrimitives.ReadUInt16BigEndian(_file[_position..]);
        if (length < 2)
        {
            throw Damage.Corrupt(ImageFormats.Jpeg);
        }

        if (_position + length > _file.Length)
        {
            throw Damage.Truncated(_file.Length);
        }

        Content = _file[(_position + 2)..(_position + length)];
        _position += length;
        if (Marker is StartOfScan)
        {
            Scan = ReadScan();
        }
    }

    // Decoders pass over whatever stands between two segments; so it is not needed.
    private byte NextMarker()
    {
        while (true)
        {
            var begin = _file[_position..].IndexOf((byte)0xFF);
            var marker = begin < 0 ? -1 : _file[(_position + begin)..].IndexOfAnyExcept((byte)0xFF);
            if (marker < 0)
            {
                throw Damage.Truncated(_file.Length);
            }

            _position += begin + marker + 1;

            // FF 00 is no marker; a restart and 01 have neither length nor meaning outside of a scan.
            if (_file[_position - 1] is not (0x00 or 0x01 or >= 0xD0 and <= 0xD7))
            {
                return _file[_position - 1];
            }
        }
    }

    // FF 00 is a byte of the data and FF D0 to FF D7 are restarts; any other FF begins the next segment, however often it is repeated.
    private ReadOnlySpan<byte> ReadScan()
    {
        var begin = _position;
        while (true)
        {
            var fill = _file[_position..].IndexOf((byte)0xFF);
            var code = fill < 0 ? -1 : _file[(_position + fill)..].IndexOfAnyExcept((byte)0xFF);
            if (code < 0)
            {
                throw Damage.Truncated(_file.Length);
            }

            if (_file[_position + fill + code] is not (0x00 or >= 0xD0 and <= 0xD7))
            {
                _position += fill;
                return _file[begin.._position];
            }

            _position += fill + code + 1;
        }
    }
}
