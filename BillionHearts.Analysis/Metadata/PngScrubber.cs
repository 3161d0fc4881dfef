using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>
/// Keeps the chunks for pixels, colours, transparency, animation and aspect ratio. All others are removed. A file with an
/// unknown chunk that is marked as critical is refused.
/// </summary>
internal static class PngScrubber
{
    private const int MaxProfileBytes = 4 << 20;

    // A profile's name is free text, and decoders ignore it.
    private static ReadOnlySpan<byte> ProfileName => "ICC\0"u8;

    public static byte[] Scrub(byte[] file)
    {
        if (!PngHeader.Matches(file))
        {
            throw Damage.Corrupt(FormatName.Png);
        }

        using var copy = new MemoryStream(file.Length);
        copy.Write(PngHeader.Signature);
        new Chunks(copy, Orientation.Of(file)).CopyAll(file);
        return copy.ToArray();
    }

    private sealed class Chunks(MemoryStream copy, int orientation)
    {
        private readonly HashSet<string> _copied = [];
        private string _last = "";
        private byte _colours;

        public void CopyAll(ReadOnlySpan<byte> file)
        {
            var chunks = new PngChunks(file);
            while (_last is not "IEND")
            {
                Next(ref chunks, file.Length);
                var type = Encoding.ASCII.GetString(chunks.Type);
                if (char.IsAsciiLetterUpper(type[0]) || type is "acTL" or "fcTL" or "fdAT")
                {
                    CopyPixels(type, chunks);
                }
                else if (type is "iCCP")
                {
                    CopyProfile(chunks);
                }
                else if (IsOfUse(type, chunks.Content) && IsIntact(chunks.Bytes) && _copied.Add(type))
                {
                    copy.Write(chunks.Bytes);
                }

                _last = type;
            }
        }

        private static void Next(ref PngChunks chunks, int fileLength)
        {
            if (!chunks.MoveNext() || !chunks.IsWhole)
            {
                throw chunks.IsMalformed ? Damage.Corrupt(FormatName.Png) : Damage.Truncated(fileLength);
            }
        }

        private void CopyPixels(string type, in PngChunks chunk)
        {
            if (!IsIntact(chunk.Bytes) || !IsInPlace(type, chunk.Length))
            {
                throw Damage.Corrupt(FormatName.Png);
            }

            if (_copied.Add(type) && type is "IDAT" && orientation is not Orientation.Upright)
            {
                WriteChunk("eXIf"u8, Orientation.Block(orientation));
            }

            _colours = type is "IHDR" ? chunk.Content[9] : _colours;
            copy.Write(chunk.Bytes);
        }

        private bool IsInPlace(string type, int length) => type switch
        {
            "IHDR" => _last is "" && length is 13,
            _ when _last is "" => false,
            "PLTE" => !_copied.Contains("PLTE") && !_copied.Contains("IDAT") && length is > 0 and <= 768 && length % 3 is 0,
            "IDAT" => _last is "IDAT" || !_copied.Contains("IDAT"),
            "IEND" => _copied.Contains("IDAT") && length is 0,
            "acTL" => !_copied.Contains("acTL") && length is 8,
            "fcTL" => _copied.Contains("acTL") && length is 26,
            "fdAT" => _copied.Contains("acTL") && length >= 4,
            _ => false,
        };

        /// <summary>Chunks of known meaning and length, so that nothing else can be in them.</summary>
        private bool IsOfUse(string type, ReadOnlySpan<byte> content) => type switch
        {
            "tRNS" => _colours switch { 0 => content.Length is 2, 2 => content.Length is 6, 3 => content.Length <= 256, _ => false },
            "bKGD" => content.Length == _colours switch { 0 or 4 => 2, 3 => 1, _ => 6 },
            "sBIT" => content.Length == _colours switch { 0 => 1, 4 => 2, 6 => 4, _ => 3 },
            "gAMA" or "cICP" => content.Length is 4,
            "cHRM" => content.Length is 32,
            "sRGB" => content.Length is 1,
            "mDCV" or "mDCv" => content.Length is 24,
            "cLLI" or "cLLi" => content.Length is 8,
            "pHYs" => content.Length is 9,
            _ => false,
        };

        // name (to 79 letters) · 0 · 0 for zlib · compressed profile
        private void CopyProfile(in PngChunks chunk)
        {
            var content = chunk.Content;
            var name = content[..Math.Min(80, content.Length)].IndexOf((byte)0);
            if (name < 1 || !IsIntact(chunk.Bytes) || _copied.Contains("iCCP"))
            {
                return;
            }

            var compressed = content[(name + 1)..];
            if (compressed is [0, ..] && IsProfile(compressed[1..].ToArray()))
            {
                _copied.Add("iCCP");
                WriteChunk("iCCP"u8, [.. ProfileName, .. compressed]);
            }
        }

        /// <summary>Whether the stream is a profile and nothing follows it.</summary>
        private static bool IsProfile(byte[] compressed)
        {
            using var source = new ByteByByte(compressed);
            using var inflated = new ZLibStream(source, CompressionMode.Decompress);
            using var profile = new MemoryStream();
            try
            {
                var buffer = new byte[8192];
                for (int read; (read = inflated.Read(buffer)) > 0 && profile.Length <= MaxProfileBytes;)
                {
                    profile.Write(buffer, 0, read);
                }
            }
            catch (InvalidDataException)
            {
                return false;
            }

            var bytes = profile.GetBuffer().AsSpan(0, (int)profile.Length);
            return source.Position == compressed.Length && bytes.Length <= MaxProfileBytes
                && IccProfile.Of(bytes) is { IsEmpty: false } whole && whole.Length == bytes.Length;
        }

        private void WriteChunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
        {
            var chunk = new byte[PngChunks.FramingBytes + content.Length];
            BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
            type.CopyTo(chunk.AsSpan(4));
            content.CopyTo(chunk.AsSpan(8));
            BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + content.Length), Crc32.HashToUInt32(chunk.AsSpan(4, 4 + content.Length)));
            copy.Write(chunk);
        }

        private static bool IsIntact(ReadOnlySpan<byte> chunk) => Crc32.HashToUInt32(chunk[4..^4]) == BinaryPrimitives.ReadUInt32BigEndian(chunk[^4..]);
    }

    /// <summary>Returns one byte at a time, so that its position afterwards is the end of the compressed stream, not of a buffer.</summary>
    private sealed class ByteByByte(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(1, count));
    }
}
