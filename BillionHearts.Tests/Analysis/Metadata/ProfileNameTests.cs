using System.Buffers.Binary;
using System.Text;
using BillionHearts.Analysis;
using BillionHearts.Analysis.Imaging;
using BillionHearts.Analysis.Metadata;
using CsCheck;
using Microsoft.Extensions.Options;
using NetVips;

namespace BillionHearts.Tests.Analysis.Metadata;

public sealed class ProfileNameTests
{
    private static readonly string[] s_made = ["srgb", "cmyk"];
    private static readonly string[] s_possible = ["srgb", "other"];

    [Theory]
    [InlineData("sRGB IEC61966-2.1", "srgb")]
    [InlineData("Display P3", "display_p3")]
    [InlineData("Adobe RGB (1998)", "adobe_rgb")]
    [InlineData("ProPhoto RGB", "prophoto_rgb")]
    [InlineData("Rec. 2020", "rec2020")]
    [InlineData("Ann's MacBook, serial 4711", "other")]
    [InlineData("", "other")]
    public void A_common_profile_is_named_and_any_other_is_not_shown(string description, string expected)
    {
        byte[] ascii = [.. "desc"u8, 0, 0, 0, 0, .. Number(description.Length + 1), .. Encoding.ASCII.GetBytes(description), 0];
        var utf16 = Encoding.BigEndianUnicode.GetBytes(description);
        byte[] texts = [.. "mluc"u8, 0, 0, 0, 0, .. Number(1), .. Number(12), .. "enUS"u8, .. Number(utf16.Length), .. Number(28), .. utf16];

        Assert.Equal(expected, ProfileName.Of(Profile(ascii)));
        Assert.Equal(expected, ProfileName.Of(Profile(texts)));
    }

    [Fact]
    public void The_profile_of_a_file_is_named_in_its_analysis()
    {
        var decoder = new ImageDecoder(Options.Create(new AnalysisOptions()));
        using var scene = TestImages.Scene(64, 48, seed: 1);
        var profiles = s_made.Select(name =>
        {
            using var converted = scene.IccTransform(name, inputProfile: "srgb");
            return decoder.Decode(converted.JpegsaveBuffer(q: 90, keep: Enums.ForeignKeep.Icc), TestContext.Current.CancellationToken).Analysis.ColorProfile;
        });

        Assert.Equal(s_possible, profiles);
    }

    [Fact]
    public void A_damaged_profile_is_another_one()
    {
        var profile = Profile([.. "mluc"u8, 0, 0, 0, 0, .. Number(1), .. Number(12), .. "enUS"u8, .. Number(8), .. Number(28), .. "\0s\0R\0G\0B"u8]);

        Gen.Select(Gen.Int[0, profile.Length], Gen.Select(Gen.Int[0, profile.Length - 1], Gen.Byte).Array[0, 6]).Sample((length, flips) =>
        {
            var damaged = profile.ToArray();
            foreach (var (position, value) in flips)
            {
                damaged[position] = value;
            }

            Assert.Contains(ProfileName.Of(damaged.AsSpan(0, length)), s_possible);
        });
    }

    private static byte[] Profile(byte[] description)
    {
        var length = 128 + 4 + 12 + description.Length;
        byte[] profile = [.. Number(length), .. new byte[32], .. "acsp"u8, .. new byte[88], .. Number(1), .. "desc"u8, .. Number(144), .. Number(description.Length), .. description];
        Assert.Equal(length, profile.Length);
        return profile;
    }

    private static byte[] Number(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }
}
