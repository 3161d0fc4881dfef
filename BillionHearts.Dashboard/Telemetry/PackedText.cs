using System.Buffers;
using System.Text;

namespace BillionHearts.Dashboard.Telemetry;

/// <summary>
/// Named texts of one record in one block of bytes: a third of what strings and an array would take, and a single object
/// for the collector to look at.
/// </summary>
/// <remarks>
/// Entries of two texts, name and value, each <c>varint(pool id * 2 + 1)</c>, or outside the pool
/// <c>varint(length * 2) | UTF-8</c>.
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

    public readonly ref struct Entry(string name, ReadOnlySpan<byte> utf8, string? pooled)
    {
        public string Name { get; } = name;

        public ReadOnlySpan<byte> Utf8 { get; } = utf8;

        public string Value => pooled ?? Encoding.UTF8.GetString(Utf8);
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

            var name = Read(out var pooledName);
            var value = Read(out var pooledValue);
            Current = new(pooledName ?? Encoding.UTF8.GetString(name), value, pooledValue);
            return true;
        }

        private ReadOnlySpan<byte> Read(out string? pooled)
        {
            var head = ReadVarint();

            if ((head & 1) is 1)
            {
                pooled = TextPool.Text(head >> 1);
                return TextPool.Utf8(head >> 1);
            }

            pooled = null;
            var text = _rest[..(head >> 1)];
            _rest = _rest[(head >> 1)..];
            return text;
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
        Write(name, TextPool.TryAdd(name, out var nameId) ? nameId : null);
        Write(value, TextPool.TryAddValue(value, out var valueId) ? valueId : null);
    }

    /// <summary>Without the pool, so that equal texts are equal bytes whenever they came.</summary>
    public readonly void AddPlain(string name, string value)
    {
        Write(name, pooled: null);
        Write(value, pooled: null);
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

    private readonly void Write(ReadOnlySpan<char> text, int? pooled)
    {
        if (pooled is { } id)
        {
            WriteVarint((id << 1) | 1);
            return;
        }

        WriteVarint(Encoding.UTF8.GetByteCount(text) << 1);
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
