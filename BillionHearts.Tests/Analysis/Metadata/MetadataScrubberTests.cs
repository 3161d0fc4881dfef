using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Analysis.Metadata;
using BillionHearts.Formats;
using CsCheck;
using MetadataExtractor;
using MetadataExtractor.Formats.Exif;
using NetVips;

namespace BillionHearts.Tests.Analysis.Metadata;

public sealed class MetadataScrubberTests
{
    private static readonly string[] s_secrets = [PlantedMetadata.Secret, "EOS R5", "2024:06:01", "xmpmeta", "Photoshop", "Samsung", "MPF", "RF50mm"];

    private static readonly string[] s_directories =
        ["GPS", "XMP", "IPTC", "Exif SubIFD", "Exif Thumbnail", "Photoshop", "JpegComment", "PNG-tEXt", "PNG-tIME"];

    private static readonly string[] s_reasons = [FailureReason.Truncated, FailureReason.Corrupt];

    static MetadataScrubberTests() => ImageLibrary.Harden();

    [Theory]
    [InlineData("baseline")]
    [InlineData("progressive")]
    [InlineData("cmyk")]
    [InlineData("restarts")]
    [InlineData("gray")]
    public void A_JPEG_keeps_its_pixels_and_nothing_else(string kind)
    {
        using var scene = TestImages.Scene(101, 67, seed: 1);
        var jpeg = kind switch
        {
            "progressive" => scene.JpegsaveBuffer(interlace: true, profile: "srgb"),
            "cmyk" => scene.Colourspace(Enums.Interpretation.Cmyk).JpegsaveBuffer(),
            "restarts" => scene.JpegsaveBuffer(restartInterval: 3, profile: "srgb"),
            "gray" => scene.ExtractBand(0).JpegsaveBuffer(),
            _ => scene.JpegsaveBuffer(profile: "srgb"),
        };

        RequireClean(PlantedMetadata.Jpeg(jpeg), FormatName.Jpeg);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("interlaced")]
    [InlineData("palette")]
    [InlineData("deep")]
    [InlineData("alpha")]
    public void A_PNG_keeps_its_pixels_and_nothing_else(string kind)
    {
        using var scene = TestImages.Scene(101, 67, seed: 2);
        var png = kind switch
        {
            "interlaced" => scene.PngsaveBuffer(interlace: true),
            "palette" => Image.NewFromBuffer(TestImages.Png(101, 67, alpha: true)).PngsaveBuffer(palette: true),
            "deep" => scene.Cast(Enums.BandFormat.Ushort, shift: true).Copy(interpretation: Enums.Interpretation.Rgb16).PngsaveBuffer(),
            "alpha" => TestImages.Png(101, 67, alpha: true),
            _ => scene.PngsaveBuffer(),
        };

        RequireClean(PlantedMetadata.Png(png), FormatName.Png);
    }

    [Theory]
    [InlineData("lossy")]
    [InlineData("lossless")]
    [InlineData("alpha")]
    [InlineData("animated")]
    public void A_WebP_keeps_its_pixels_and_nothing_else(string kind)
    {
        var webp = kind switch
        {
            "lossless" => TestImages.Webp(101, 67, lossless: true),
            "alpha" => TestImages.Webp(101, 67, alpha: true),
            "animated" => TestImages.AnimatedWebp(101, 67, frames: 3),
            _ => TestImages.Webp(101, 67),
        };

        RequireClean(PlantedMetadata.Webp(webp, 101, 67), FormatName.Webp);
        RequireClean(webp, FormatName.Webp);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_GIF_keeps_its_frames_and_how_often_they_are_shown(int frames)
    {
        var gif = PlantedMetadata.Gif(TestImages.Gif(60, 40, frames));

        var scrubbed = RequireClean(gif, FormatName.Gif);

        Assert.Contains("NETSCAPE2.0", Encoding.Latin1.GetString(scrubbed), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_AVIF_keeps_its_pixels_and_nothing_else(bool alpha)
    {
        using var scene = Image.NewFromBuffer(TestImages.Png(101, 67, alpha: alpha));
        using var marked = scene.Mutate(static image =>
        {
            image.Set(GValue.BlobType, "exif-data", (byte[])[.. "Exif\0\0"u8, .. ExifMaker.Phone(PlantedMetadata.Secret).Build()]);
            image.Set(GValue.BlobType, "xmp-data", Encoding.UTF8.GetBytes($"<x:xmpmeta xmlns:x='adobe:ns:meta/' about='{PlantedMetadata.Secret}'/>"));
        });
        byte[] avif = [.. marked.HeifsaveBuffer(compression: Enums.ForeignHeifCompression.Av1, effort: 0, profile: "srgb"), .. Encoding.ASCII.GetBytes(PlantedMetadata.Secret)];
        Assert.NotNull(PhotoReader.Read(avif)?.Location);

        RequireClean(avif, FormatName.Avif);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public void An_AVIF_is_followed_however_it_is_put_together(int version, bool inMeta)
    {
        var avif = PlantedMetadata.Avif(TestImages.Avif(101, 67), version, inMeta);
        Assert.Equal("Canon EOS R5", PhotoReader.Read(avif)?.Camera);

        RequireClean(avif, FormatName.Avif);
    }

    [Theory]
    [InlineData(FormatName.Jpeg)]
    [InlineData(FormatName.Png)]
    [InlineData(FormatName.Webp)]
    public void The_orientation_stays_and_is_the_only_tag(string format)
    {
        for (var orientation = 1; orientation <= 8; orientation++)
        {
            var file = format switch
            {
                FormatName.Jpeg => PlantedMetadata.Jpeg(TestImages.Jpeg(40, 24), orientation),
                FormatName.Png => PlantedMetadata.Png(TestImages.Png(40, 24), orientation),
                _ => PlantedMetadata.Webp(TestImages.Webp(40, 24), 40, 24, orientation),
            };

            var scrubbed = RequireClean(file, format);

            using var image = Image.NewFromBuffer(scrubbed);
            Assert.Equal(orientation is 1 ? null : orientation, image.Contains("orientation") && image.Get("orientation") is not 1 ? image.Get("orientation") : null);
            Assert.Equal(orientation is not 1, !ExifBlock.Find(scrubbed).IsEmpty);
        }
    }

    [Theory]
    [InlineData(FormatName.Jpeg)]
    [InlineData(FormatName.Png)]
    [InlineData(FormatName.Webp)]
    [InlineData(FormatName.Avif)]
    public void The_colour_profile_stays(string format)
    {
        using var scene = TestImages.Scene(40, 24, seed: 3);
        var file = format switch
        {
            FormatName.Jpeg => PlantedMetadata.Jpeg(scene.JpegsaveBuffer(profile: "p3")),
            FormatName.Png => scene.PngsaveBuffer(profile: "p3"),
            FormatName.Webp => PlantedMetadata.Webp(scene.WebpsaveBuffer(profile: "p3"), 40, 24),
            _ => PlantedMetadata.Avif(scene.HeifsaveBuffer(compression: Enums.ForeignHeifCompression.Av1, effort: 0, profile: "p3"), 0, false),
        };

        using var image = Image.NewFromBuffer(RequireClean(file, format));
        Assert.True(image.Contains("icc-profile-data"));
    }

    [Theory]
    [InlineData(FormatName.Jpeg)]
    [InlineData(FormatName.Png)]
    [InlineData(FormatName.Webp)]
    [InlineData(FormatName.Gif)]
    [InlineData(FormatName.Avif)]
    [InlineData(FormatName.Heic)]
    public void A_file_without_metadata_stays_as_it_is(string format)
    {
        var once = MetadataScrubber.Scrub(Sample(format), format);

        Assert.Equal(once, MetadataScrubber.Scrub(once, format));
    }

    [Theory]
    [InlineData(FormatName.Jpeg)]
    [InlineData(FormatName.Png)]
    [InlineData(FormatName.Webp)]
    [InlineData(FormatName.Gif)]
    [InlineData(FormatName.Avif)]
    [InlineData(FormatName.Heic)]
    public void A_file_that_ends_before_its_picture_is_refused(string format)
    {
        var file = MetadataScrubber.Scrub(Sample(format), format);
        for (var length = 0; length < file.Length; length += format is FormatName.Avif or FormatName.Heic ? 7 : 1)
        {
            var cut = file[..length];
            Assert.Contains(Assert.Throws<UnusableImageException>(() => MetadataScrubber.Scrub(cut, format)).Reason, s_reasons);
        }
    }

    [Theory]
    [InlineData(FormatName.Jpeg)]
    [InlineData(FormatName.Png)]
    [InlineData(FormatName.Webp)]
    [InlineData(FormatName.Gif)]
    [InlineData(FormatName.Avif)]
    [InlineData(FormatName.Heic)]
    public void A_damaged_file_is_refused_or_clean(string format)
    {
        var file = Sample(format);
        var framing = Framing(file, format);
        Gen.Select(Gen.Int[0, 2 * file.Length], Gen.Select(Gen.Int[0, file.Length - 1], Gen.Byte).Array[0, 6]).Sample(
            (length, flips) =>
            {
                var damaged = file.ToArray();
                foreach (var (position, value) in flips)
                {
                    // A wrong length of the pixels makes pixels of what comes after them, and only a decoder could tell.
                    damaged[position] = framing.Contains(position) ? damaged[position] : value;
                }

                try
                {
                    var scrubbed = MetadataScrubber.Scrub(damaged[..Math.Min(length, file.Length)], format);
                    Assert.InRange(scrubbed.Length, 0, file.Length + MetadataScrubber.MaxGrowth);
                    Assert.Equal(-1, scrubbed.AsSpan().IndexOf(Encoding.ASCII.GetBytes(PlantedMetadata.Secret)));
                }
                catch (UnusableImageException)
                {
                    // Refused.
                }
            },
            iter: 20_000,
            threads: 1);
    }

    [Theory]
    [InlineData("89504E470D0A1A0A")]
    [InlineData("89504E470D0A1A0A0000000D49484452")]
    [InlineData("89504E470D0A1A0AFFFFFFFF49484452")]
    [InlineData("89504E470D0A1A0A0000000049454E44AE426082")]
    public void A_PNG_without_a_picture_is_refused(string hex) =>
        Assert.Throws<UnusableImageException>(() => MetadataScrubber.Scrub(Convert.FromHexString(hex), FormatName.Png));

    [Theory]
    [InlineData("474946383961")]
    [InlineData("47494638396101000100000000" + "3B")]
    [InlineData("47494638396101000100000000" + "00" + "3B")]
    [InlineData("47494638396101000100000000" + "21F905" + "0000000000" + "00" + "3B")]
    [InlineData("47494638396101000100870000" + "3B")]
    public void A_GIF_without_a_picture_is_refused(string hex) =>
        Assert.Throws<UnusableImageException>(() => MetadataScrubber.Scrub(Convert.FromHexString(hex), FormatName.Gif));

    [Fact]
    public void An_unknown_format_is_refused() =>
        Assert.Equal(FailureReason.Unsupported, Assert.Throws<UnusableImageException>(() => MetadataScrubber.Scrub(TestImages.Jpeg(8, 8), "tiff")).Reason);

    private static byte[] Sample(string format) => format switch
    {
        FormatName.Jpeg => PlantedMetadata.Jpeg(TestImages.Jpeg(16, 12), orientation: 6, isDeep: false),
        FormatName.Png => PlantedMetadata.Png(TestImages.Png(16, 12), orientation: 6),
        FormatName.Webp => PlantedMetadata.Webp(TestImages.Webp(16, 12), 16, 12, orientation: 6),
        FormatName.Gif => PlantedMetadata.Gif(TestImages.Gif(16, 12, frames: 2)),
        FormatName.Heic => new HeicMaker { Turns = 1 }.Build(),
        _ => PlantedMetadata.Avif(TestImages.Avif(64, 64), version: 1, inMeta: false),
    };

    private static HashSet<int> Framing(byte[] file, string format) => format switch
    {
        FormatName.Webp => [.. Enumerable.Range(file.AsSpan().IndexOf("VP8 "u8), 8)],
        FormatName.Gif => GifFraming(file),
        FormatName.Heic => HeicFraming(file),
        _ => [],
    };

    // length(4) · 39 << 1 · 1 · kind · length: a message, which with another type would be pixels
    private static HashSet<int> HeicFraming(byte[] file) =>
        [.. Enumerable.Range(4, file.Length - 7).Where(place => file.AsSpan(place, 3).SequenceEqual((ReadOnlySpan<byte>)[39 << 1, 1, 5])).SelectMany(place => Enumerable.Range(place - 4, 8))];

    // 2C · place and size · flags · code size · (length · that many bytes)* · 0
    private static HashSet<int> GifFraming(byte[] file)
    {
        var framing = new HashSet<int>();
        foreach (var block in GifBlocks(file))
        {
            framing.UnionWith(block);
        }

        return framing;
    }

    private static IEnumerable<IEnumerable<int>> GifBlocks(byte[] file)
    {
        var position = 13 + Colours(file[10]);
        while (file[position] is not 0x3B)
        {
            var head = file[position] is 0x2C ? 11 + Colours(file[position + 9]) : 2;
            if (head > 2)
            {
                yield return Enumerable.Range(position, head);
            }

            for (position += head; file[position] is not 0; position += 1 + file[position])
            {
                yield return [position];
            }

            yield return [position++];
        }

        static int Colours(byte flags) => (flags & 0x80) is 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    /// <summary>The same picture, and nothing in it that was planted.</summary>
    private static byte[] RequireClean(byte[] file, string format)
    {
        var scrubbed = MetadataScrubber.Scrub(file, format);

        Assert.InRange(scrubbed.Length, 1, file.Length + MetadataScrubber.MaxGrowth);
        var text = Encoding.Latin1.GetString(scrubbed);
        Assert.All(s_secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        Assert.Null(PhotoReader.Read(scrubbed));
        if (format is not FormatName.Avif)
        {
            RequireNoDirectories(scrubbed);
        }

        foreach (var upright in new[] { false, true })
        {
            Assert.Equal(Pixels(file, upright), Pixels(scrubbed, upright));
        }

        return scrubbed;
    }

    private static void RequireNoDirectories(byte[] scrubbed)
    {
        using var stream = new MemoryStream(scrubbed);
        foreach (var directory in ImageMetadataReader.ReadMetadata(stream))
        {
            Assert.DoesNotContain(directory.Name, s_directories);
            if (directory is ExifIfd0Directory)
            {
                Assert.Equal([ExifDirectoryBase.TagOrientation], directory.Tags.Select(static tag => tag.Type));
            }
        }
    }

    private static (string Facts, string Pixels) Pixels(byte[] file, bool upright)
    {
        using var image = Image.NewFromBuffer(file, file.AsSpan().StartsWith("GIF"u8) || file.AsSpan(8).StartsWith("WEBP"u8) ? "[n=-1]" : "");
        using var turned = upright ? image.Autorot() : image.Copy();
        var profile = image.Contains("icc-profile-data") ? Convert.ToHexString((byte[])image.Get("icc-profile-data")) : "";
        var timing = image.Contains("delay") ? string.Join(' ', (int[])image.Get("delay")) : "";
        var loop = image.Contains("loop") ? image.Get("loop") : null;
        return (
            $"{turned.Width} {turned.Height} {turned.Bands} {turned.Format} {turned.Interpretation} {timing} {loop} {profile}",
            Convert.ToHexString(SHA256.HashData(Bytes(turned))));
    }

    private static ReadOnlySpan<byte> Bytes(Image image) => image.Format is Enums.BandFormat.Ushort
        ? MemoryMarshal.AsBytes<ushort>(image.WriteToMemory<ushort>())
        : image.WriteToMemory<byte>();
}
