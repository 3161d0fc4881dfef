using System.Buffers;
using System.Text;

namespace BillionHearts.Dashboard.Telemetry;

/// <summary>
/// Named texts of one record in one block of bytes: a third of what strings and an array would take, and a single object
/// for the collector to look at.
/// </summary>
/// <remarks>
/// Each entry: <c>varint(name id + 1) | varint(length) | UTF-8 value</c>; a name outside the pool is
/// <c>0 | varint(length) | UTF-8 name</c> in place of its id.
/// </remarks>
public readonly struct PackedText(byte[] bytes)
{
    private readonly byte[]? _bytes = bytes;

    public int Weight => _bytes is null ? 0 : 24 + _bytes.Length;

    public bool IsEmpty => _bytes is null or { Length: 0 };

    public ReadOnlySpan<byte> Bytes => _bytes;

    public Enumerator GetEnumerator() => new(_bytes);

    public string? this[string name]
    {
        get
        {
            foreach (var entry in this)
            {
                if (entry.Name == name)
                {
                    return entry.Value;
                }
            }

            return null;
        }
    }

    public List<KeyValuePair<string, string>> ToList()
    {
        var list = new List<KeyValuePair<string, string>>();

        foreach (var entry in this)
        {
            list.Add(new(entry.Name, entry.Value));
        }

        return list;
    }

    internal bool Contains(TextNeedle needle)
    {
        foreach (var entry in this)
        {
            if (needle.IsIn(entry.Utf8))
            {
                return true;
            }
        }

        return false;
    }

    public readonly ref struct Entry(string name, ReadOnlySpan<byte> utf8)
    {
        public string Name { get; } = name;

        public ReadOnlySpan<byte> Utf8 { get; } = utf8;

        public string Value => Encoding.UTF8.GetString(Utf8);
    }

    public ref struct Enumerator(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public Entry Current { get; private set; }

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            var id = ReadVarint();
            var name = id is 0 ? Encoding.UTF8.GetString(Take(ReadVarint())) : NamePool.Name(id - 1);
            Current = new(name, Take(ReadVarint()));
            return true;
        }

        private ReadOnlySpan<byte> Take(int length)
        {
            var taken = _rest[..length];
            _rest = _rest[length..];
            return taken;
        }

        private int ReadVarint()
        {
            int value = 0, shift = 0;

            while (true)
            {
                var read = _rest[0];
                _rest = _rest[1..];
                value |= (read & 0x7f) << shift;

                if (read < 0x80)
                {
                    return value;
                }

                shift += 7;
            }
        }
    }
}

internal ref struct TextPacker
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_buffer;

    private readonly ArrayBufferWriter<byte> _buffer;

    public TextPacker()
    {
        _buffer = s_buffer ??= new(4096);
        _buffer.ResetWrittenCount();
    }

    public readonly void Add(string name, ReadOnlySpan<char> value)
    {
        if (NamePool.TryAdd(name, out var id))
        {
            WriteVarint(id + 1);
        }
        else
        {
            WriteVarint(0);
            WriteText(name);
        }

        WriteText(value);
    }

    public readonly PackedText Pack()
    {
        var packed = _buffer.WrittenSpan.ToArray();

        // One huge record must not leave its buffer behind for ever.
        if (_buffer.Capacity > 256 * 1024)
        {
            s_buffer = null;
        }

        return new(packed);
    }

    private readonly void WriteText(ReadOnlySpan<char> text)
    {
        WriteVarint(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, _buffer);
    }

    private readonly void WriteVarint(int value)
    {
        var span = _buffer.GetSpan(5);
        var length = 0;
        var rest = (uint)value;

        while (rest >= 0x80)
        {
            span[length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        span[length++] = (byte)rest;
        _buffer.Advance(length);
    }
}
