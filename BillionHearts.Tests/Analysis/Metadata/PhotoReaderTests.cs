using System.Buffers.Binary;
using BillionHearts.Analysis;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Analysis.Metadata;
using BillionHearts.Contracts;
using CsCheck;
using Microsoft.Extensions.Options;

namespace BillionHearts.Tests.Analysis.Metadata;

public sealed class PhotoReaderTests
{
    private static readonly byte[] s_jpeg = TestImages.Jpeg(16, 16);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_metadata_that_a_phone_writes_is_read(bool bigEndian)
    {
        var photo = Read(ExifMaker.Phone("secret", bigEndian: bigEndian));

        Assert.Equal(
            new PhotoMetadata
            {
                Camera = "Canon EOS R5",
                Lens = "RF50mm F1.2 L USM",
                CapturedAt = new DateTimeOffset(2024, 6, 1, 18, 30, 5, 250, TimeSpan.FromHours(2)),
                UtcOffsetMinutes = 120,
                ExposureSeconds = 1 / 250.0,
                Aperture = 2.8,
                Iso = 400,
                FocalLengthMm = 50,
                Location = new PhotoLocation { Latitude = 48.2096, Longitude = 16.367, AltitudeMetres = 171.5 },
            },
            photo);
    }

    [Fact]
    public void The_decoder_returns_the_metadata_of_a_photo()
    {
        var decoder = new ImageDecoder(Options.Create(new AnalysisOptions()));
        var image = decoder.Decode(WithExif(ExifMaker.Phone("secret").Build()), TestContext.Current.CancellationToken);

        Assert.Equal("Canon EOS R5", image.Analysis.Photo?.Camera);
        Assert.Equal("billionhearts/6", image.Analysis.Analyzer);
        Assert.Null(decoder.Decode(s_jpeg, TestContext.Current.CancellationToken).Analysis.Photo);
    }

    [Theory]
    [InlineData("Apple", "iPhone 15 Pro", "Apple iPhone 15 Pro")]
    [InlineData("NIKON CORPORATION", "NIKON D850", "NIKON D850")]
    [InlineData("Canon", "Canon EOS R5", "Canon EOS R5")]
    [InlineData("Canon", "CanonScan 9000F", "CanonScan 9000F")]
    [InlineData("  Panasonic ", " DC-GH5\t\u0001 II ", "Panasonic DC-GH5 II")]
    [InlineData("FUJIFILM", "", "FUJIFILM")]
    [InlineData("", "X100V", "X100V")]
    [InlineData(" ", "\u0007", null)]
    [InlineData("Evil\u202EAvil", "\uFEFFm\u200Bodel", "EvilAvil model")]
    public void A_cameras_name_is_read_as_one_line_of_text(string make, string model, string? expected) =>
        Assert.Equal(expected, Read(new ExifMaker { Camera = { ExifMaker.Text(0x010F, make), ExifMaker.Text(0x0110, model) } })?.Camera);

    [Fact]
    public void A_text_is_normalized_and_cut_between_characters()
    {
        Assert.Equal("\u00C9", CleanText.Of("E\u0301"));
        Assert.Equal(128, CleanText.Of(new string('x', 500))?.Length);
        Assert.Equal(new string('x', 127), CleanText.Of(new string('x', 127) + "😀"));
        Assert.Null(CleanText.Of("\uFFFF\uFFFE\uD800"));
    }

    [Theory]
    [InlineData("2024:06:01 18:30:05", null, null, "2024-06-01T18:30:05.0000000+00:00")]
    [InlineData("2024:06:01 18:30:05", "-03:30", "7", "2024-06-01T18:30:05.7000000-03:30")]
    [InlineData("2024:06:01 18:30:05", "+15:00", "123456789", "2024-06-01T18:30:05.1234567+00:00")]
    [InlineData("2024:06:01 18:30:05", "zulu", "x", "2024-06-01T18:30:05.0000000+00:00")]
    [InlineData("1900:01:01 00:00:00", "+14:00", null, "1900-01-01T00:00:00.0000000+14:00")]
    [InlineData("2100:12:31 23:59:59", "-14:00", null, "2100-12-31T23:59:59.0000000-14:00")]
    [InlineData("1899:12:31 23:59:59", null, null, null)]
    [InlineData("2101:01:01 00:00:00", null, null, null)]
    [InlineData("0000:00:00 00:00:00", null, null, null)]
    [InlineData("2024:02:30 00:00:00", null, null, null)]
    [InlineData("    :  :     :  :  ", null, null, null)]
    [InlineData("2024-06-01T18:30:05", null, null, null)]
    public void A_capture_time_is_read_as_the_camera_recorded_it(string original, string? offset, string? fraction, string? expected)
    {
        var exif = new ExifMaker { Exposure = { ExifMaker.Text(0x9003, original) } };
        if (offset is not null)
        {
            exif.Exposure.Add(ExifMaker.Text(0x9011, offset));
        }

        if (fraction is not null)
        {
            exif.Exposure.Add(ExifMaker.Text(0x9291, fraction));
        }

        Assert.Equal(expected, Read(exif)?.CapturedAt?.ToString("O"));
    }

    [Theory]
    [InlineData("S", 33, 51, 25.5, "W", 151, 12, 30, -33.857083, -151.208333)]
    [InlineData("N", 0, 0, 1, "E", 0, 0, 0, 0.000278, 0.0)]
    [InlineData("N", 90, 0, 0, "W", 180, 0, 0, 90.0, -180.0)]
    [InlineData("N", 90, 0, 0.1, "E", 1, 0, 0, null, null)]
    [InlineData("N", 1, 0, 0, "E", 180, 0, 0.1, null, null)]
    [InlineData("N", 0, 0, 0, "E", 0, 0, 0, null, null)]
    [InlineData("X", 48, 0, 0, "E", 16, 0, 0, null, null)]
    [InlineData("N", 48, 0, 0, "", 16, 0, 0, null, null)]
    public void A_location_is_read_only_within_the_earths_coordinates(
        string north, double latDegrees, double latMinutes, double latSeconds, string east, double lonDegrees, double lonMinutes, double lonSeconds,
        double? latitude, double? longitude)
    {
        var place = Read(new ExifMaker
        {
            Gps =
            {
                ExifMaker.Text(1, north), ExifMaker.Fraction(2, Fraction(latDegrees), Fraction(latMinutes), Fraction(latSeconds)),
                ExifMaker.Text(3, east), ExifMaker.Fraction(4, Fraction(lonDegrees), Fraction(lonMinutes), Fraction(lonSeconds)),
            },
        })?.Location;

        Assert.Equal((latitude, longitude), (place?.Latitude, place?.Longitude));
    }

    [Theory]
    [InlineData(1u, 0u, 0u, 0u)]
    [InlineData(0u, 0u, 0u, 1u)]
    [InlineData(uint.MaxValue, 1u, uint.MaxValue, 1u)]
    public void A_fraction_that_is_not_a_number_is_left_out(uint numerator, uint denominator, uint degrees, uint through)
    {
        var photo = Read(new ExifMaker
        {
            Camera = { ExifMaker.Text(0x0110, "X100V") },
            Exposure =
            {
                ExifMaker.Fraction(0x829A, (numerator, denominator)), ExifMaker.Fraction(0x829D, (numerator, denominator)),
                ExifMaker.Fraction(0x920A, (numerator, denominator)), ExifMaker.Short(0x8827, 65535),
            },
            Gps =
            {
                ExifMaker.Text(1, "N"), ExifMaker.Fraction(2, (degrees, through), (1, 1), (0, 0)), ExifMaker.Text(3, "E"), ExifMaker.Fraction(4, (1, 1), (1, 1), (1, 1)),
            },
        });

        Assert.Equal(new PhotoMetadata { Camera = "X100V" }, photo);
    }

    [Fact]
    public void Settings_that_people_search_by_are_read_as_words_and_numbers()
    {
        var photo = Read(new ExifMaker
        {
            Camera = { ExifMaker.Short(0x4746, 4) },
            Exposure =
            {
                ExifMaker.Short(0x8822, 3), new ExifTag(0x9204, 10, [.. BitConverter.GetBytes(-2), .. BitConverter.GetBytes(3)], 8), ExifMaker.Short(0x9207, 5),
                ExifMaker.Short(0x9209, 0x19), ExifMaker.Text(0x9011, "-03:30"), ExifMaker.Short(0xA403, 1), ExifMaker.Short(0xA405, 75),
            },
        });

        Assert.Equal(
            new PhotoMetadata
            {
                ExposureProgram = "aperture_priority",
                ExposureBiasEv = -0.67,
                MeteringMode = "pattern",
                FlashFired = true,
                UtcOffsetMinutes = -210,
                WhiteBalance = "manual",
                FocalLength35Mm = 75,
                Rating = 4,
            },
            photo);
    }

    [Theory]
    [InlineData(0, 0, 2, 0, 0)]
    [InlineData(9, 255, 7, 65535, 6)]
    public void Settings_without_a_meaning_are_left_out(ushort program, ushort metering, ushort balance, ushort film, ushort rating)
    {
        Assert.Null(Read(new ExifMaker
        {
            Camera = { ExifMaker.Short(0x4746, rating) },
            Exposure =
            {
                ExifMaker.Short(0x8822, program), new ExifTag(0x9204, 10, [.. BitConverter.GetBytes(100), .. BitConverter.GetBytes(1)], 8),
                ExifMaker.Short(0x9207, metering), ExifMaker.Short(0xA403, balance), ExifMaker.Short(0xA405, film),
            },
        }));
    }

    [Fact]
    public void A_direction_and_the_time_of_a_position_are_read_with_it()
    {
        var exif = ExifMaker.Phone("secret");
        exif.Gps.AddRange(
        [
            ExifMaker.Fraction(7, (16, 1), (30, 1), (599, 100)), ExifMaker.Text(0x10, "M"), ExifMaker.Fraction(0x11, (36000, 100)), ExifMaker.Text(0x1D, "2024:06:01"),
        ]);
        var location = Read(exif)?.Location;

        Assert.Equal((0.0, true), (location?.DirectionDegrees, location?.DirectionIsMagnetic));
        Assert.Equal("2024-06-01T16:30:05.0000000+00:00", location?.FixedAt?.ToString("O"));
    }

    [Theory]
    [InlineData("xmp:Rating='3'", 3)]
    [InlineData("xmp:Rating='-1'", -1)]
    [InlineData("xmp:Rating='5.0'", 5)]
    [InlineData("xmp:Rating='0'", 2)]
    [InlineData("xmp:Rating='6'", 2)]
    [InlineData("xmp:Rating='2.5'", 2)]
    [InlineData("xmp:Rating='NaN'", 2)]
    public void A_rating_in_XMP_wins_over_the_one_in_EXIF(string attribute, int expected)
    {
        byte[] packet =
        [
            .. "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"u8,
            .. System.Text.Encoding.UTF8.GetBytes($"<rdf:Description xmlns:xmp='http://ns.adobe.com/xap/1.0/' {attribute}/></rdf:RDF></x:xmpmeta>"),
        ];
        var exif = WithExif(new ExifMaker { Camera = { ExifMaker.Short(0x4746, 2) } }.Build());
        byte[] file = [0xFF, 0xD8, 0xFF, 0xE1, (byte)((packet.Length + 2) >> 8), (byte)(packet.Length + 2), .. packet, .. exif.AsSpan(2)];

        Assert.Equal(expected, PhotoReader.Read(file)?.Rating);
    }

    [Fact]
    public void An_altitude_may_be_below_the_sea()
    {
        var exif = ExifMaker.Phone("secret");
        exif.Gps.RemoveAll(static tag => tag.Id is 5);
        exif.Gps.Add(ExifMaker.Raw(5, 1, [1]));

        Assert.Equal(-171.5, Read(exif)?.Location?.AltitudeMetres);
    }

    [Fact]
    public void Directories_that_form_a_loop_or_are_too_many_end_the_reading()
    {
        var ring = ExifMaker.Phone("secret").Build();
        var exposure = BinaryPrimitives.ReadInt32LittleEndian(ring.AsSpan(ring.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x69, 0x87, 4, 0, 1, 0, 0, 0]) + 8));
        Assert.Equal(0x9003, BinaryPrimitives.ReadUInt16LittleEndian(ring.AsSpan(exposure + 2 + 12 * 3)));
        ring[exposure + 2 + 12 * 3] = 0x69;
        ring[exposure + 2 + 12 * 3 + 1] = 0x87;
        Assert.NotNull(PhotoReader.Read(WithExif(ring)));

        // Each directory has nothing but the address of the next one: a depth of ten thousand.
        var chain = new byte[60_000];
        "II"u8.CopyTo(chain);
        chain[2] = 42;
        chain[4] = 8;
        for (var position = 8; position + 12 < chain.Length; position += 6)
        {
            BinaryPrimitives.WriteInt32LittleEndian(chain.AsSpan(position + 2), position + 6);
        }

        Assert.Null(PhotoReader.Read(WithExif(chain)));
    }

    [Fact]
    public void Damaged_files_are_read_as_far_as_they_go()
    {
        var file = WithExif(ExifMaker.Phone("secret").Build());
        Gen.Select(Gen.Int[0, file.Length], Gen.Select(Gen.Int[0, 700], Gen.Byte).Array[0, 8]).Sample(
            (length, flips) =>
            {
                var damaged = file.ToArray();
                foreach (var (position, value) in flips)
                {
                    damaged[position] = value;
                }

                var photo = PhotoReader.Read(damaged[..length]);
                Assert.True(photo?.Camera is null or { Length: <= 128 });
                Assert.DoesNotContain(photo?.Camera ?? "", char.IsControl);
                Assert.DoesNotContain(photo?.Lens ?? "", char.IsControl);
                Assert.True(photo?.ExposureSeconds is null or > 0 and < double.PositiveInfinity);
            },
            iter: 20_000,
            threads: 1);
    }

    private static (uint Numerator, uint Denominator) Fraction(double number) => ((uint)Math.Round(number * 10), 10);

    private static PhotoMetadata? Read(ExifMaker exif) => PhotoReader.Read(WithExif(exif.Build()));

    private static byte[] WithExif(byte[] block)
    {
        var length = 2 + 6 + block.Length;
        return [0xFF, 0xD8, 0xFF, 0xE1, (byte)(length >> 8), (byte)length, .. "Exif\0\0"u8, .. block, .. s_jpeg.AsSpan(2)];
    }
}
