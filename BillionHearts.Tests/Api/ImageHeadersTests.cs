using System.Buffers.Binary;
using BillionHearts.Api.Images;
using BillionHearts.Api.Uploads.Intake;
using BillionHearts.Formats;
using BillionHearts.Tests.Analysis;
using CsCheck;

namespace BillionHearts.Tests.Api;

/// <summary>Reading dimensions out of the first bytes of a file, without a decoder.</summary>
public sealed class ImageHeadersTests
{
    private static byte[] SmallJpeg => TestImages.Jpeg(33, 21);

    public static TheoryData<string, string, byte[]> RealFiles => new()
    {
        { "baseline", "jpeg", TestImages.Jpeg(640, 481) },
        { "progressive", "jpeg", TestImages.Jpeg(640, 481, progressive: true) },
        { "plain", "png", TestImages.Png(640, 481) },
        { "interlaced with alpha", "png", TestImages.Png(640, 481, alpha: true, interlaced: true) },
        { "VP8", "webp", TestImages.Webp(640, 481) },
        { "VP8L", "webp", TestImages.Webp(640, 481, lossless: true) },
        { "VP8X", "webp", TestImages.Webp(640, 481, alpha: true) },
        { "animated", "webp", TestImages.AnimatedWebp(640, 481, frames: 2) },
        { "still", "gif", TestImages.Gif(640, 481) },
        { "animated", "gif", TestImages.Gif(640, 481, frames: 3) },
        { "opaque", "avif", TestImages.Avif(640, 481) },
        { "with an alpha image", "avif", TestImages.Avif(640, 481, alpha: true) },
        { "a grid", "heic", Samples.Read("plain.heic") },
        { "with an alpha image", "heic", Samples.Read("alpha.heic") },
        { "of 10 bits", "heic", Samples.Read("ten-bit.heic") },
        { "whose brand names no codec", "heic", [.. Samples.Read("plain.heic")[..8], .. "mif1\0\0\0\0mif1mif1"u8, .. Samples.Read("plain.heic")[24..]] },
    };

    [Theory, MemberData(nameof(RealFiles))]
    public void The_header_of_a_real_file_gives_its_type_and_dimensions(string variant, string type, byte[] file)
    {
        Assert.Equal(type, ImageHeaders.Identify(file)?.Name);
        var scan = ImageHeaders.Scan(FileType.FromName(type), file);
        Assert.True(scan.IsComplete, variant);
        Assert.Equal((640L, 481L, null), (scan.Width, scan.Height, scan.Fault));
    }

    [Theory, MemberData(nameof(RealFiles))]
    public void Any_beginning_of_a_file_asks_for_more_or_gives_the_same_dimensions(string variant, string type, byte[] file)
    {
        var format = FileType.FromName(type);

        for (var length = 16; length <= Math.Min(file.Length, 4096); length++)
        {
            var scan = ImageHeaders.Scan(format, file.AsSpan(0, length));
            Assert.True(scan == HeaderScan.NeedMore || (scan.Width, scan.Height) == (640, 481), $"{variant} {type} at {length}: {scan}");
        }
    }

    [Theory, MemberData(nameof(RealFiles))]
    public void A_damaged_header_never_throws(string variant, string type, byte[] file)
    {
        var format = FileType.FromName(type);
        var header = file[..Math.Min(file.Length, 700)];

        Gen.Select(Gen.Int[0, header.Length - 1], Gen.Byte).List[1, 8].Sample(
            damages =>
            {
                var damaged = header.ToArray();
                damages.ForEach(damage => damaged[damage.Item1] = damage.Item2);
                var scan = ImageHeaders.Scan(format, damaged);
                return scan.Fault is not null || (scan.Width > 0) == (scan.Height > 0);
            },
            iter: 2000,
            print: damages => $"{variant}: {string.Join(' ', damages)}");
    }

    [Fact]
    public void A_JPEG_may_have_large_segments_before_its_frame()
    {
        byte[] segment = [0xFF, 0xE1, 0xFF, 0xFF, .. new byte[0xFFFD]];
        byte[] file = [.. SmallJpeg[..2], .. segment, .. segment, .. segment, .. SmallJpeg[2..]];

        Assert.Equal(HeaderScan.NeedMore, ImageHeaders.Scan(FileType.Jpeg, file.AsSpan(0, 190_000)));
        Assert.Equal((33L, 21L), (ImageHeaders.Scan(FileType.Jpeg, file).Width, ImageHeaders.Scan(FileType.Jpeg, file).Height));
    }

    [Fact]
    public void A_JPEG_may_have_fill_bytes_before_a_marker()
    {
        byte[] file = [.. SmallJpeg[..2], 0xFF, 0xFF, 0xFF, .. SmallJpeg[2..]];
        Assert.Equal(33L, ImageHeaders.Scan(FileType.Jpeg, file).Width);
    }

    public static TheoryData<string, string, byte[]> BrokenHeaders => new()
    {
        { "scan before frame", "jpeg", [0xFF, 0xD8, 0xFF, 0xDA, 0, 12, 1, 1, 0, 0, 63, 0] },
        { "end before frame", "jpeg", [0xFF, 0xD8, 0xFF, 0xD9, 0, 0] },
        { "segment of length 1", "jpeg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 1, 0, 0] },
        { "no marker", "jpeg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 2, 0x42, 0x42, 0x42, 0x42] },
        { "frame too short", "jpeg", [0xFF, 0xD8, 0xFF, 0xC0, 0, 4, 8, 0, 1, 0, 1, 3] },
        { "height 0", "jpeg", [0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 0, 0, 0, 9, 3, 1] },
        { "first chunk is not IHDR", "png", [.. Png(1, 1)[..12], .. "IDAT"u8, .. new byte[20]] },
        { "IHDR of another length", "png", [.. Png(1, 1)[..8], 0, 0, 0, 14, .. Png(1, 1)[12..]] },
        { "width 0", "png", Png(0, 5) },
        { "width 0", "gif", [.. "GIF89a"u8, 0, 0, 5, 0, 0, 0, 0] },
        { "unknown chunk", "webp", [.. "RIFF"u8, 90, 0, 0, 0, .. "WEBPJUNK"u8, .. new byte[20]] },
        { "no start code", "webp", [.. "RIFF"u8, 90, 0, 0, 0, .. "WEBPVP8 "u8, .. new byte[20]] },
        { "no signature", "webp", [.. "RIFF"u8, 90, 0, 0, 0, .. "WEBPVP8L"u8, .. new byte[20]] },
        { "meta says nothing", "avif", [0, 0, 0, 16, .. "ftypavif"u8, 0, 0, 0, 0, 0, 0, 0, 12, .. "meta"u8, 0, 0, 0, 0] },
        { "nothing of HEVC", "heic", [.. "\0\0\0\x10"u8, .. "ftypmif1"u8, 0, 0, 0, 0, .. TestImages.Avif(64, 64)[TestImages.Avif(64, 64)[3]..]] },
        { "meta says nothing", "heic", [0, 0, 0, 16, .. "ftypheic"u8, 0, 0, 0, 0, 0, 0, 0, 12, .. "meta"u8, 0, 0, 0, 0] },
        { "box smaller than its header", "avif", [0, 0, 0, 16, .. "ftypavif"u8, 0, 0, 0, 0, 0, 0, 0, 4, .. "free"u8] },
        { "box larger than any file", "avif", [0, 0, 0, 16, .. "ftypavif"u8, 0, 0, 0, 0, 0, 0, 0, 1, .. "free"u8, .. Enumerable.Repeat((byte)0xFF, 8)] },
    };

    [Theory, MemberData(nameof(BrokenHeaders))]
    public void A_header_that_no_decoder_could_read_is_a_fault_that_is_named(string what, string type, byte[] file)
    {
        Assert.Equal(type, ImageHeaders.Identify(file)?.Name);
        Assert.False(string.IsNullOrEmpty(ImageHeaders.Scan(FileType.FromName(type), file).Fault), what);
    }

    [Theory]
    [InlineData(65_535, 65_535)]
    [InlineData(uint.MaxValue, uint.MaxValue)]
    [InlineData(int.MaxValue, 1)]
    [InlineData(65_001, 1)]
    [InlineData(1, 65_001)]
    [InlineData(20_001, 10_000)]
    public void Dimensions_beyond_the_limits_are_refused_by_limit_and_value(uint width, uint height)
    {
        var scan = ImageHeaders.Scan(FileType.Png, Png(width, height));
        Assert.Equal((width, height), (scan.Width, scan.Height));

        var refusal = UploadProblems.CheckDimensions(scan.Width, scan.Height, new UploadOptions());
        Assert.Equal(422, refusal?.Status);
        Assert.Contains($"{width}", refusal!.Detail);
        Assert.Matches("65000|200000000", refusal.Detail);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(65_000, 3_000)]
    [InlineData(20_000, 10_000)]
    public void Dimensions_at_the_limits_are_accepted(int width, int height) =>
        Assert.Null(UploadProblems.CheckDimensions(width, height, new UploadOptions()));

    public static TheoryData<string, byte[]> OtherFiles => new()
    {
        { "nothing", [] },
        { "one byte", [0xFF] },
        { "zeros", new byte[64] },
        { "PDF", [.. "%PDF-1.7\n"u8, .. new byte[32]] },
        { "SVG", [.. "<svg xmlns='http://www.w3.org/2000/svg'/>"u8] },
        { "TIFF", [.. "II*\0"u8, .. new byte[32]] },
        { "BMP", [.. "BM"u8, .. new byte[32]] },
        { "QuickTime, as of a Live Photo", [0, 0, 0, 20, .. "ftypqt  \0\0\0\0qt  "u8] },
        { "CR3", [0, 0, 0, 24, .. "ftypcrx \0\0\0\u0001crx isom"u8] },
        { "MP4", [0, 0, 0, 24, .. "ftypisom\0\0\0\0isomiso2"u8] },
        { "WAV", [.. "RIFF"u8, 36, 0, 0, 0, .. "WAVEfmt "u8] },
        { "ZIP", [.. "PK\u0003\u0004"u8, .. new byte[32]] },
        { "JPEG 2000", [0, 0, 0, 12, .. "jP  "u8, 13, 10, 0x87, 10] },
        { "JPEG XL", [0xFF, 0x0A, .. new byte[32]] },
        { "ELF", [0x7F, .. "ELF"u8, .. new byte[32]] },
    };

    [Theory, MemberData(nameof(OtherFiles))]
    public void Any_other_file_has_no_accepted_type(string what, byte[] file) =>
        Assert.True(ImageHeaders.Identify(file) is null, what);

    private static byte[] Png(uint width, uint height)
    {
        byte[] file = [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, .. new byte[13]];
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(16), width);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(20), height);
        return file;
    }
}
