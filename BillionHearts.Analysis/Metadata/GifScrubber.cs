using BillionHearts.Analysis.Imaging;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Keeps the frames, their timing and how often the animation is repeated; of the extensions nothing else.</summary>
internal static class GifScrubber
{
    private const int HeaderBytes = 13; // signature and screen
    private const int DescriptorBytes = 10;
    private const int MaxCodeSize = 11; // a code has 12 bits at most

    private const byte Image = 0x2C;
    private const byte Extension = 0x21;
    private const byte Trailer = 0x3B;
    private const byte Control = 0xF9;
    private const byte Application = 0xFF;

    public static byte[] Scrub(byte[] file)
    {
        using var copy = new MemoryStream(file.Length);
        new Blocks(copy).CopyAll(file);
        return copy.ToArray();
    }

    private sealed class Blocks(MemoryStream copy)
    {
        // The timing and transparency of the next frame, wherever it comes.
        private byte[] _control = [];
        private bool _isRepeated;
        private bool _hasFrame;

        public void CopyAll(ReadOnlySpan<byte> file)
        {
            if (file.Length < HeaderBytes || !(file.StartsWith("GIF89a"u8) || file.StartsWith("GIF87a"u8)))
            {
                throw Damage.Corrupt(ImageFormats.Gif);
            }

            var rest = new Cursor(file);
            copy.Write(rest.Take(HeaderBytes));
            copy.Write(rest.Take(ColourBytes(file[10])));

            while (true)
            {
                switch (rest.Peek())
                {
                    case Trailer when _hasFrame:
                        copy.WriteByte(Trailer);
                        return;
                    case Image:
                        CopyFrame(ref rest);
                        break;
                    case Extension:
                        CopyExtension(ref rest);
                        break;
                    default:
                        throw Damage.Corrupt(ImageFormats.Gif);
                }
            }
        }

        // 2C · left top width height · flags · colours? · code size · blocks
        private void CopyFrame(ref Cursor rest)
        {
            copy.Write(_control);
            _control = [];
            _hasFrame = true;

            var descriptor = rest.Take(DescriptorBytes);
            copy.Write(descriptor);
            copy.Write(rest.Take(ColourBytes(descriptor[9])));
            if (rest.Peek() is not (>= 1 and <= MaxCodeSize))
            {
                throw Damage.Corrupt(ImageFormats.Gif);
            }

            copy.Write(rest.Take(1));
            copy.Write(rest.TakeBlocks());
        }

        // 21 · label · blocks
        private void CopyExtension(ref Cursor rest)
        {
            var label = rest.Take(2)[1];
            var blocks = rest.TakeBlocks();
            if (label is Control)
            {
                _control = blocks is [4, _, _, _, _, 0] ? [Extension, Control, .. blocks] : throw Damage.Corrupt(ImageFormats.Gif);
            }
            else if (label is Application && !_isRepeated && Repetitions(blocks) is { IsEmpty: false } repetitions)
            {
                _isRepeated = true;
                copy.Write([Extension, Application, .. blocks[..12], .. repetitions, 0]);
            }
        }

        // 11 · name · (3 · 1 · number of 16 bits | another block)* · 0
        private static ReadOnlySpan<byte> Repetitions(ReadOnlySpan<byte> blocks)
        {
            if (blocks[0] is not 11 || !(blocks[1..12].SequenceEqual("NETSCAPE2.0"u8) || blocks[1..12].SequenceEqual("ANIMEXTS1.0"u8)))
            {
                return default;
            }

            for (var block = blocks[12..]; block[0] is not 0; block = block[(1 + block[0])..])
            {
                if (block is [3, 1, ..])
                {
                    return block[..4];
                }
            }

            return default;
        }

        private static int ColourBytes(byte flags) => (flags & 0x80) is 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    private ref struct Cursor(ReadOnlySpan<byte> file)
    {
        private readonly int _fileLength = file.Length;
        private ReadOnlySpan<byte> _rest = file;

        public readonly byte Peek() => _rest.IsEmpty ? throw Damage.Truncated(_fileLength) : _rest[0];

        public ReadOnlySpan<byte> Take(int length)
        {
            if (length > _rest.Length)
            {
                throw Damage.Truncated(_fileLength);
            }

            var taken = _rest[..length];
            _rest = _rest[length..];
            return taken;
        }

        /// <summary>(length · that many bytes)* · 0</summary>
        public ReadOnlySpan<byte> TakeBlocks()
        {
            var length = 0;
            while (length < _rest.Length && _rest[length] is not 0)
            {
                length += 1 + _rest[length];
            }

            return Take(length + 1);
        }
    }
}
