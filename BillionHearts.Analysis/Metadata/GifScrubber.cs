using BillionHearts.Analysis.Imaging;
using BillionHearts.Formats;

namespace BillionHearts.Analysis.Metadata;

/// <summary>Keeps the frames, their timing and the number of repetitions. All other extensions are removed.</summary>
internal static class GifScrubber
{
    private const int MaxCodeSize = 11; // a code has 12 bits at most

    private const byte Control = 0xF9;
    private const byte Application = 0xFF;

    public static byte[] Scrub(byte[] file)
    {
        using var copy = new MemoryStream(file.Length);
        new Frames(copy).CopyAll(file);
        return copy.ToArray();
    }

    private sealed class Frames(MemoryStream copy)
    {
        // Timing and transparency of the next frame; other blocks may come before it.
        private byte[] _control = [];
        private bool _isRepeated;
        private bool _hasFrame;

        public void CopyAll(ReadOnlySpan<byte> file)
        {
            if (!GifHeader.Matches(file))
            {
                throw Damage.Corrupt(FormatName.Gif);
            }

            var blocks = new GifBlocks(file);
            copy.Write(blocks.Header);

            while (blocks.Kind is not GifBlocks.Trailer)
            {
                if (!blocks.MoveNext() || !blocks.IsWhole)
                {
                    throw blocks.IsMalformed ? Damage.Corrupt(FormatName.Gif) : Damage.Truncated(file.Length);
                }

                Copy(blocks);
            }
        }

        private void Copy(in GifBlocks block)
        {
            if (block.Kind is GifBlocks.Image)
            {
                CopyFrame(block.Head, block.SubBlocks);
            }
            else if (block.Kind is GifBlocks.Extension)
            {
                CopyExtension(block.Head[^1], block.SubBlocks);
            }
            else
            {
                copy.WriteByte(_hasFrame ? GifBlocks.Trailer : throw Damage.Corrupt(FormatName.Gif));
            }
        }

        private void CopyFrame(ReadOnlySpan<byte> head, ReadOnlySpan<byte> pixels)
        {
            if (head[^1] is not (>= 1 and <= MaxCodeSize))
            {
                throw Damage.Corrupt(FormatName.Gif);
            }

            copy.Write(_control);
            copy.Write(head);
            copy.Write(pixels);
            _control = [];
            _hasFrame = true;
        }

        private void CopyExtension(byte label, ReadOnlySpan<byte> blocks)
        {
            if (label is Control)
            {
                _control = blocks is [4, _, _, _, _, 0] ? [GifBlocks.Extension, Control, .. blocks] : throw Damage.Corrupt(FormatName.Gif);
            }
            else if (label is Application && !_isRepeated && Repetitions(blocks) is { IsEmpty: false } repetitions)
            {
                _isRepeated = true;
                copy.Write([GifBlocks.Extension, Application, .. blocks[..12], .. repetitions, 0]);
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
    }
}
