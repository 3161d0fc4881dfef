using System.Buffers.Binary;

namespace BillionHearts.Formats;

/// <summary>
/// Walks through the segments of a JPEG (ITU-T T.81, annex B) to the end of its first image:
/// <c>FF D8 · (FF marker · length(2), which counts itself · content)* · FF D9</c>, with the coded pixels after each start of scan.
/// </summary>
/// <param name="file">The file or its beginning. It must begin with <c>FF D8</c>, see <see cref="JpegHeader.Matches"/>.</param>
public ref struct JpegSegments(ReadOnlySpan<byte> file)
{
    private readonly ReadOnlySpan<byte> _file = file;
    private int _position = Math.Min(2, file.Length);

    /// <summary>See <see cref="JpegMarker"/>.</summary>
    public byte Marker { get; private set; }

    /// <summary>The segment after its length, as far as there are bytes.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Whether <see cref="Content"/> is complete.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The walk ended at a segment whose length is impossible.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>How many bytes before the marker belong to no segment. Decoders skip them.</summary>
    public int Skipped { get; private set; }

    /// <summary>What follows the segment.</summary>
    public readonly ReadOnlySpan<byte> Rest => _file[_position..];

    /// <returns>
    /// False after <see cref="JpegMarker.EndOfImage"/>, when there are no more bytes, and when the file <see cref="IsMalformed"/>.
    /// </returns>
    public bool MoveNext()
    {
        Content = default;

        if (IsMalformed || Marker is JpegMarker.EndOfImage || !FindMarker())
        {
            return false;
        }

        if (Marker is JpegMarker.StartOfImage or JpegMarker.EndOfImage)
        {
            IsWhole = true;
            return true;
        }

        var rest = Rest;
        IsWhole = false;

        if (rest.Length < 2)
        {
            _position = _file.Length;
            return true;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(rest);

        if (length < 2)
        {
            IsMalformed = true;
            return false;
        }

        IsWhole = length <= rest.Length;
        Content = rest[2..Math.Min(length, rest.Length)];
        _position += 2 + Content.Length;
        return true;
    }

    /// <summary>The coded pixels behind a <see cref="JpegMarker.StartOfScan"/>, up to the next marker or the end of the file.</summary>
    public ReadOnlySpan<byte> ReadScan()
    {
        var begin = _position;

        while (TryFindCode(out var fill, out var code))
        {
            // FF 00 is a byte of the data; any other FF but a restart begins the next segment, however often it is repeated.
            if (_file[code] is not 0x00 && !JpegMarker.IsRestart(_file[code]))
            {
                _position = fill;
                return _file[begin.._position];
            }

            _position = code + 1;
        }

        _position = _file.Length;
        return _file[begin..];
    }

    private bool FindMarker()
    {
        for (Skipped = 0; TryFindCode(out var fill, out var code); _position = code + 1)
        {
            var marker = _file[code];
            Skipped += fill - _position + (marker is 0x00 ? 2 : 0);

            // FF 00 is no marker; a restart and 01 have neither length nor meaning outside a scan.
            if (marker is not (0x00 or 0x01) && !JpegMarker.IsRestart(marker))
            {
                (Marker, _position) = (marker, code + 1);
                return true;
            }
        }

        Skipped += Rest.TrimEnd((byte)0xFF).Length;
        (Marker, _position) = (0, _file.Length);
        return false;
    }

    /// <summary>Finds the next FF, and the first other byte behind it: any number of FF may stand before a marker.</summary>
    private readonly bool TryFindCode(out int fill, out int code)
    {
        fill = _position + Rest.IndexOf((byte)0xFF);
        code = fill < _position ? -1 : fill + _file[fill..].IndexOfAnyExcept((byte)0xFF);
        return code > fill;
    }
}
