using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using BillionHearts.Analysis;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Analysis.Metadata;
using BillionHearts.Contracts;
using BillionHearts.Formats;
using Microsoft.Extensions.Options;
using NetVips;

namespace BillionHearts.Tests.Analysis.Metadata;

/// <summary>An orientation that stands in XMP and not in EXIF.</summary>
public sealed class XmpOrientationTests
{
    private static readonly ImageDecoder s_decoder = new(Options.Create(new AnalysisOptions()));

    public static TheoryData<string, int> Turned => new MatrixTheoryData<string, int>(
        [FormatName.Jpeg, FormatName.Png, FormatName.Webp], [2, 3, 4, 5, 6, 7, 8]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Turned))]
    public void A_clean_file_keeps_an_orientation_that_only_XMP_has(string format, int orientation)
    {
        var clean = MetadataScrubber.Scrub(WithXmp(format, Attribute($"{orientation}")), format);

        Assert.Equal(orientation, ExifOrientation(clean));
        Assert.DoesNotContain("xmpmeta", Encoding.Latin1.GetString(clean), StringComparison.Ordinal);
        Assert.Equal(clean, MetadataScrubber.Scrub(clean, format));
    }

    [Theory, MemberData(nameof(Turned))]
    public void All_renditions_of_a_file_with_an_orientation_in_XMP_are_upright(string format, int orientation)
    {
        var file = WithXmp(format, Attribute($"{orientation}"));
        var clean = s_decoder.Clean(file, Cancel);
        var expected = s_decoder.Decode(clean.Bytes, Cancel);
        var image = s_decoder.Decode(file, Cancel);

        var size = orientation < 5 ? (40, 24) : (24, 40);
        Assert.Equal(size, (clean.Width, clean.Height));
        Assert.Equal(size, (image.Analysis.Width, image.Analysis.Height));
        Assert.Equal(JsonSerializer.Serialize(expected.Analysis), JsonSerializer.Serialize(image.Analysis));
        Assert.Equal(orientation, image.Analysis.Orientation);
        Assert.Equal(expected.Renditions.Select(rendition => rendition.Bytes), image.Renditions.Select(rendition => rendition.Bytes));
        foreach (var name in new[] { new RenditionName(20, 10, IsFit: false, "webp"), new RenditionName(16, 12, IsFit: true, "jpeg") })
        {
            var (one, other) = (s_decoder.Resize(clean.Bytes, name, Cancel), s_decoder.Resize(file, name, Cancel));
            Assert.Equal((one.Width, one.Height), (other.Width, other.Height));
        }
    }

    [Theory]
    [InlineData(FormatName.Jpeg)]
    [InlineData(FormatName.Png)]
    [InlineData(FormatName.Webp)]
    public void The_orientation_in_EXIF_wins_over_the_one_in_XMP(string format)
    {
        foreach (var exif in new[] { 1, 3 })
        {
            var file = WithXmp(format, Attribute("6"), new ExifMaker { Camera = { ExifMaker.Short(0x0112, (ushort)exif) } }.Build());

            Assert.Equal(exif, ExifOrientation(MetadataScrubber.Scrub(file, format)));
            Assert.Equal(40, s_decoder.Decode(file, Cancel).Analysis.Width);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(65535)]
    public void An_orientation_in_EXIF_that_does_not_exist_is_ignored(int exif)
    {
        var block = new ExifMaker { Camera = { ExifMaker.Short(0x0112, (ushort)exif) } }.Build();
        var alone = s_decoder.Decode(WithXmp(FormatName.Jpeg, "<rdf:Description/>", block), Cancel).Analysis;
        var besideXmp = s_decoder.Decode(WithXmp(FormatName.Jpeg, Attribute("6"), block), Cancel).Analysis;

        Assert.Equal((1, 40, 24), (alone.Orientation, alone.Width, alone.Height));
        Assert.Equal((6, 24, 40), (besideXmp.Orientation, besideXmp.Width, besideXmp.Height));
    }

    [Theory]
    [InlineData("<rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='6'/>", 6)]
    [InlineData("<rdf:Description xmlns:t='http://ns.adobe.com/tiff/1.0/'><t:Make>x</t:Make><t:Orientation> 6 </t:Orientation></rdf:Description>", 6)]
    [InlineData("<rdf:Description/><rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='8'/>", 8)]
    [InlineData("<rdf:Description xmlns:tiff='http://example.org/other/' tiff:Orientation='6'/>", 1)]
    [InlineData("<rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='9'/>", 1)]
    [InlineData("<rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='-6'/>", 1)]
    [InlineData("<rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation=''/>", 1)]
    [InlineData("<rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='6'", 1)]
    [InlineData("<rdf:Description><p xmlns='x:y'><rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='6'/></p></rdf:Description>", 1)]
    [InlineData("<rdf:Description>Orientation</rdf:Description>", 1)]
    public void An_orientation_in_XMP_is_read_where_the_standard_puts_it(string description, int expected) =>
        Assert.Equal(expected, Orientation.Of(WithXmp(FormatName.Jpeg, description)));

    [Fact]
    public void An_XMP_packet_with_entities_of_its_own_is_not_expanded()
    {
        const string Bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><x Orientation='6'>&b;</x>";

        Assert.Null(XmpOrientation.Read(Encoding.UTF8.GetBytes(Bomb)));
    }

    private static string Attribute(string orientation) =>
        $"<rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='{orientation}'/>";

    private static int ExifOrientation(byte[] file)
    {
        using var image = Image.NewFromBuffer(file);
        return image.Contains("orientation") ? (int)image.Get("orientation") : 1;
    }

    private static byte[] WithXmp(string format, string description, byte[]? exif = null)
    {
        var packet = Encoding.UTF8.GetBytes(
            $"<?xpacket begin='\uFEFF' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>"
            + $"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>{description}</rdf:RDF></x:xmpmeta><?xpacket end='w'?>");
        return format switch
        {
            FormatName.Jpeg => Jpeg(MetadataScrubber.Scrub(TestImages.Jpeg(40, 24), format), packet, exif),
            FormatName.Png => Png(MetadataScrubber.Scrub(TestImages.Png(40, 24), format), packet, exif),
            _ => Webp(MetadataScrubber.Scrub(TestImages.Webp(40, 24, lossless: true), format), packet, exif),
        };
    }

    private static byte[] Jpeg(byte[] jpeg, byte[] packet, byte[]? exif)
    {
        byte[] xmp = Segment([.. "http://ns.adobe.com/xap/1.0/\0"u8, .. packet]);
        return [0xFF, 0xD8, .. exif is null ? [] : Segment([.. "Exif\0\0"u8, .. exif]), .. xmp, .. jpeg.AsSpan(2)];

        static byte[] Segment(byte[] content) => [0xFF, 0xE1, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content];
    }

    // Signature and IHDR are 33 bytes.
    private static byte[] Png(byte[] png, byte[] packet, byte[]? exif)
    {
        return
        [
            .. png.AsSpan(0, 33), .. exif is null ? [] : Chunk("eXIf"u8, exif),
            .. Chunk("iTXt"u8, [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. packet]), .. png.AsSpan(33),
        ];

        static byte[] Chunk(ReadOnlySpan<byte> type, byte[] content)
        {
            byte[] chunk = [0, 0, 0, 0, .. type, .. content, 0, 0, 0, 0];
            BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
            BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc32.HashToUInt32(chunk.AsSpan(4, chunk.Length - 8)));
            return chunk;
        }
    }

    private static byte[] Webp(byte[] webp, byte[] packet, byte[]? exif)
    {
        var image = webp.AsSpan(webp.AsSpan().IndexOf("VP8L"u8));
        byte[] file =
        [
            .. "RIFF\0\0\0\0WEBP"u8, .. Chunk("VP8X"u8, [(byte)(exif is null ? 0x04 : 0x0C), 0, 0, 0, 39, 0, 0, 23, 0, 0]), .. image,
            .. exif is null ? [] : Chunk("EXIF"u8, exif), .. Chunk("XMP "u8, packet),
        ];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        return file;

        static byte[] Chunk(ReadOnlySpan<byte> type, byte[] content) =>
            [.. type, .. BitConverter.GetBytes(content.Length), .. content, .. new byte[content.Length & 1]];
    }
}
